#pragma once

#include <string>
#include <vector>

namespace weir::sweep {

struct Ran {
  int code = 0;     ///< exit code; 128 + the signal that ended it
  std::string out;  ///< its standard output, if that was asked for
};

/// Runs a program, found along PATH, and waits for it. Throws std::runtime_error when it cannot be started.
Ran run_program(const std::vector<std::string>& command, bool capture);

/// The path of the running program.
std::string own_path();

}  // namespace weir::sweep
