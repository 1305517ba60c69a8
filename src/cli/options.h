#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "config/node.h"

namespace weir::cli {

namespace po = boost::program_options;

/// Parses the options of a subcommand; nothing when it was asked for its help, which then has been printed.
/// `positional`, if any, is the option that an argument without one in front of it is the value of. Throws
/// UsageError, with the nearest option for an unknown one.
std::optional<po::variables_map> parse_options(const std::string& usage, po::options_description options,
                                               const Arguments& arguments,
                                               const std::string& positional = "");

/// The value of an option, if it was given.
std::optional<std::string> given(const po::variables_map& values, const std::string& option);

/// Throws UsageError unless `text` is a whole number in the range.
std::uint64_t whole_number(const std::string& option, const std::string& text, std::uint64_t least,
                           std::uint64_t most);

/// The value that goes with a word, or a UsageError that names the allowed ones.
template <typename T>
T choice(const std::string& option, const std::string& word,
         const std::vector<std::pair<std::string, T>>& allowed) {
  std::vector<std::string> words;
  for (const auto& [name, value] : allowed) {
    if (name == word) return value;
    words.push_back(name);
  }
  throw UsageError("--" + option + " is " + config::in_quotes(word) + config::hint(word, words));
}

/// The value of `--jobs`, for which kJobsHelp stands: all cores, unless it was given. Throws UsageError.
unsigned jobs_of(const po::variables_map& values);
inline constexpr auto kJobsHelp =
    "threads that search mappings (default: all cores); the answer does not depend on them";

/// The parts between commas; empty parts are errors.
std::vector<std::string> split_list(const std::string& option, const std::string& text);

}  // namespace weir::cli
