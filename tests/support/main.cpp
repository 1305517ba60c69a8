#include <gtest/gtest.h>

#include <systemc>

// SystemC's library brings main() and calls this.
int sc_main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
