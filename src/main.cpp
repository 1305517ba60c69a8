#include <cstdlib>
#include <systemc>

#include "cli/cli.h"

int sc_main(int argc, char** argv) { return weir::cli::run(argc, argv); }

int main(int argc, char** argv) {
  // SystemC's own main() would print its banner before ours can say anything.
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
