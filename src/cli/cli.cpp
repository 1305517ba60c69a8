#include "cli/cli.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <new>
#include <stdexcept>

#include "cli/command.h"
#include "cli/complete.h"
#include "config/node.h"
#include "config/printable.h"
#include "config/resources.h"

namespace weir::cli {
namespace {

constexpr int kDone = 0;
constexpr int kCheckFailed = 1;
constexpr int kBadInput = 2;

constexpr std::array kCommands = {
    Command{"run", "run a network on an accelerator and report what it costs", run_command, run_options},
    Command{"compare", "put dataflows or accelerators side by side on a network", compare_command,
            compare_options},
    Command{"map", "find the best mapping of each layer and show what it does", map_command, map_options},
    Command{"sweep", "run many design points from one file, on all cores, and keep every result",
            sweep_command, sweep_options, "file"},
    Command{"import", "make a workload of an ONNX model", import_command, import_options, "model"},
    Command{"validate", "compare with the published numbers of a real chip", validate_command,
            validate_options},
    Command{"keys", "list the keys of a kind of file: values, defaults, units, meanings", keys_command,
            keys_options, "kind"},
};

std::string help() {
  std::string text = "usage: weir COMMAND [OPTIONS]\n\ncommands:\n";
  for (const auto& command : kCommands) text += fmt::format("  {:<10} {}\n", command.name, command.summary);
  return text +
         "\n`weir COMMAND --help` lists its options; `weir --version` prints the version.\n"
         "WEIR_PATH=FOLDER:... names folders with configs/, workloads/, dataflows/ and so on of your own.\n";
}

const Command& find_command(const std::string& name) {
  const auto* found =
      std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& c) { return c.name == name; });
  if (found != kCommands.end()) return *found;
  std::vector<std::string> names;
  std::string list;
  for (const auto& command : kCommands) {
    names.emplace_back(command.name);
    list += fmt::format("{}{}", list.empty() ? "" : ", ", command.name);
  }
  const auto near = config::nearest(name, names);
  throw UsageError(fmt::format("no command {}; {}there are {}", config::in_quotes(name),
                               near ? fmt::format("did you mean \"{}\"? ", *near) : "", list));
}

int dispatch(const Arguments& arguments) {
  if (arguments.empty()) throw UsageError("a command is missing; see weir --help");
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") {
    fmt::print("{}", help());
    return kDone;
  }
  if (first == "--version") {
    fmt::print("weir {}\n", config::version());
    return kDone;
  }
  if (first == "--complete") {
    fmt::print("{}", completions(kCommands, {arguments.begin() + 1, arguments.end()}));
    return kDone;
  }
  if (first.starts_with("-"))
    throw UsageError(fmt::format("no option {}; see weir --help", config::in_quotes(first)));
  return find_command(first).run({arguments.begin() + 1, arguments.end()});
}

int fail_with(int code, const std::string& message) {
  std::fflush(stdout);
  fmt::print(stderr, "{}\n", message);
  return code;
}

/// Prints an error as one line, whatever the arguments that it quotes contain.
int fail(int code, std::string_view message) { return fail_with(code, config::one_line(message)); }

}  // namespace

int run(int argc, const char* const* argv) {
  const Arguments arguments(argv + std::min(argc, 1), argv + argc);
  std::string program = "weir";
  for (const auto& command : kCommands) {
    if (!arguments.empty() && arguments.front() == command.name) program += fmt::format(" {}", command.name);
  }
  try {
    const int code = dispatch(arguments);
    if (std::fflush(stdout) != 0) throw UsageError("cannot write to the standard output");
    return code;
  } catch (const Reported&) {
    return kBadInput;
  } catch (const config::InputError& error) {
    return fail_with(kBadInput, error.what());  // A line for each that is wrong.
  } catch (const std::logic_error& error) {
    return fail(kCheckFailed,
                fmt::format("{}: internal error: {} (a fault of the simulator, not of its input)", program,
                            error.what()));
  } catch (const std::bad_alloc&) {
    return fail(kBadInput, program + ": error: out of memory");
  } catch (const std::exception& error) {
    return fail(kBadInput, fmt::format("{}: error: {}", program, error.what()));
  }
}

}  // namespace weir::cli
