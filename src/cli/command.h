#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::cli {

using Arguments = std::vector<std::string>;

/// Options that make no sense; what() is one line.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Bad input of which the user has been told.
class Reported : public std::exception {};

// Each subcommand takes the arguments behind its name and returns the exit code.
int run_command(const Arguments& arguments);
int compare_command(const Arguments& arguments);
int map_command(const Arguments& arguments);
int sweep_command(const Arguments& arguments);
int validate_command(const Arguments& arguments);
int import_command(const Arguments& arguments);

}  // namespace weir::cli
