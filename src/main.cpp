#include <systemc>

#include "cli/cli.h"

// SystemC's library brings main() and calls this.
int sc_main(int argc, char** argv) { return weir::cli::run(argc, argv); }
