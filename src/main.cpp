#include "cli/cli.h"

#ifdef WEIR_SYSTEMC

#include <cstdlib>
#include <systemc>

// SystemC's kernel calls this from sc_elab_and_sim().
int sc_main(int argc, char** argv) { return weir::cli::run(argc, argv); }

// In the place of the one in SystemC's library: without its banner, which would stand in front of every
// error.
int main(int argc, char** argv) {
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}

#else

int main(int argc, char** argv) { return weir::cli::run(argc, argv); }

#endif
