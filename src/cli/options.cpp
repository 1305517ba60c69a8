#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <thread>

namespace weir::cli {
namespace {

po::variables_map parse(const po::options_description& options, const Arguments& arguments,
                        const std::string& positional) {
  // Without guessing: an option that only begins like one that exists is an error.
  constexpr int kStyle = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  po::positional_options_description places;
  if (!positional.empty()) places.add(positional.c_str(), 1);
  po::variables_map values;
  po::store(po::command_line_parser(arguments).options(options).positional(places).style(kStyle).run(),
            values);
  if (!values.contains("help")) po::notify(values);
  return values;
}

std::string hint_at_option(const po::options_description& options, const std::string& wrong) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  const auto near = config::nearest(wrong, names);
  return near ? fmt::format("; did you mean \"{}\"?", *near) : "; see --help";
}

}  // namespace

std::optional<po::variables_map> parse_options(const std::string& usage, po::options_description options,
                                               const Arguments& arguments, const std::string& positional) {
  options.add_options()("help", "print this");
  try {
    auto values = parse(options, arguments, positional);
    if (!values.contains("help")) return values;
    std::ostringstream text;
    text << "usage: " << usage << "\n\n" << options;
    fmt::print("{}", text.str());
    return std::nullopt;
  } catch (const po::unknown_option& error) {
    const std::string& name = error.get_option_name();
    throw UsageError(fmt::format("no option {}{}", config::in_quotes(name), hint_at_option(options, name)));
  } catch (const po::too_many_positional_options_error&) {
    throw UsageError("an argument without an option in front of it; see --help");
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
}

std::optional<std::string> given(const po::variables_map& values, const std::string& option) {
  if (!values.contains(option)) return std::nullopt;
  return values[option].as<std::string>();
}

std::uint64_t whole_number(const std::string& option, const std::string& text, std::uint64_t least,
                           std::uint64_t most) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool octal = text.size() > 1 && text.front() == '0';  // to some readers
  if (error != std::errc{} || stop != end || octal || value < least || value > most) {
    throw UsageError(fmt::format("--{} is {}; allowed is a whole number, {} to {}", option,
                                 config::in_quotes(text), least, most));
  }
  return value;
}

unsigned jobs_of(const po::variables_map& values) {
  constexpr std::uint64_t kMostThreads = 1024;
  const auto jobs = given(values, "jobs");
  if (!jobs) return std::max(1U, std::thread::hardware_concurrency());
  return static_cast<unsigned>(whole_number("jobs", *jobs, 1, kMostThreads));
}

std::vector<std::string> split_list(const std::string& option, const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    if (parts.back().empty())
      throw UsageError(fmt::format("--{} has an empty part; allowed is a,b,...", option));
    begin = end + 1;
  }
  return parts;
}

}  // namespace weir::cli
