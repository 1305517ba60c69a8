#pragma once

#include <boost/program_options/options_description.hpp>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

using Arguments = std::vector<std::string>;

/// Options that make no sense; what() is one line.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Bad input of which the user has been told.
class Reported : public std::exception {};

/// A subcommand. `run` takes the arguments behind its name and returns the exit code.
struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(const Arguments&);
  boost::program_options::options_description (*options)();
  std::string_view argument = {};  ///< what may stand without an option in front of it
};

int run_command(const Arguments& arguments);
int compare_command(const Arguments& arguments);
int map_command(const Arguments& arguments);
int sweep_command(const Arguments& arguments);
int validate_command(const Arguments& arguments);
int import_command(const Arguments& arguments);
int keys_command(const Arguments& arguments);

boost::program_options::options_description run_options();
boost::program_options::options_description compare_options();
boost::program_options::options_description map_options();
boost::program_options::options_description sweep_options();
boost::program_options::options_description validate_options();
boost::program_options::options_description import_options();
boost::program_options::options_description keys_options();

}  // namespace weir::cli
