#pragma once

namespace weir::cli {

/// The program: dispatches to a subcommand. Returns the exit code: 0 done, 1 a check failed, 2 bad input.
int run(int argc, const char* const* argv);

}  // namespace weir::cli
