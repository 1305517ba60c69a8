#include "cli/workload_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "cli/command.h"
#include "config/resources.h"

namespace weir::cli {
namespace {

struct Outcome {
  int status = 0;  ///< as wait() gives it
  std::string out;
};

/// The standard output of a program that is run to its end; its standard error is ours.
Outcome output_of(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw UsageError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  Outcome outcome;
  std::array<char, 65536> chunk{};
  for (ssize_t got = 0; error == 0;) {
    got = ::read(ends[0], chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    outcome.out.append(chunk.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  if (error != 0)
    throw UsageError(fmt::format("cannot run {}, which the import of models needs: {}", command.front(),
                                 std::strerror(error)));
  while (::waitpid(child, &outcome.status, 0) < 0 && errno == EINTR) continue;
  return outcome;
}

/// Weir's own, where a set-up made one; the script looks further when it lacks what it needs.
std::string python() {
  const std::string own = config::shipped().value_or("") + "/.venv/bin/python";
  return ::access(own.c_str(), X_OK) == 0 ? own : "python3";
}

}  // namespace

std::optional<std::string> import_model(const std::string& model, const ImportOptions& options) {
  std::vector<std::string> command = {python(), config::shipped_file("scripts/import_model.py")};
  for (const std::string& dim : options.dims) command.push_back("--dim=" + dim);
  if (!options.batch.empty()) command.push_back("--batch=" + options.batch);
  if (options.strict) command.emplace_back("--strict");
  if (options.flatten_patches) command.emplace_back("--flatten-patches");
  command.insert(command.end(), {"--", model});
  Outcome outcome = output_of(command);
  if (WIFSIGNALED(outcome.status)) {
    throw config::InputError({model}, fmt::format("the import was ended by signal {}: a damaged model?",
                                                  WTERMSIG(outcome.status)));
  }
  // 1: nodes with MACs are missing; the text says which.
  if (const int code = WEXITSTATUS(outcome.status); code > 1 || outcome.out.empty()) return std::nullopt;
  return std::move(outcome.out);
}

config::Node load_workload(const std::string& argument) {
  constexpr std::array kImported = {".onnx", ".csv", ".m"};  // others' YAML looks like a workload's
  if (std::none_of(kImported.begin(), kImported.end(),
                   [&](const char* ending) { return argument.ends_with(ending); }))
    return config::Node::load(config::find_file("--workload", argument, config::kWorkloads));
  const auto text = import_model(argument, {});
  if (!text) throw Reported();
  return config::Node::parse(*text, argument + " as imported");
}

}  // namespace weir::cli
