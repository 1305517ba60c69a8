#include "sweep/slurm.h"

#include <fmt/format.h>

#include <stdexcept>

#include "config/node.h"
#include "report/files.h"
#include "sweep/process.h"

namespace weir::sweep {
namespace {

namespace fs = std::filesystem;

/// A word for the shell.
std::string shell_word(const std::string& text) {
  std::string inside;
  for (const char c : text) {
    if (c == '\'') {
      inside += "'\\''";
    } else {
      inside += c;
    }
  }
  return fmt::format("'{}'", inside);
}

/// A path for a line of options that sbatch reads, where % begins a pattern and quotes keep spaces.
std::string sbatch_word(const fs::path& path) {
  std::string text;
  for (const char c : path.string()) {
    const bool is_control = (c >= 0 && c < ' ') || c == 0x7f;
    if (is_control || c == '"' || c == '\\')
      throw std::runtime_error(
          fmt::format("{} cannot be said to sbatch; allowed are names without control characters, quotes and "
                      "backslashes",
                      config::in_quotes(path.string())));
    text += c == '%' ? "%%" : std::string(1, c);
  }
  return text;
}

}  // namespace

std::string slurm_script(const SlurmJob& job) {
  std::string options;
  for (const auto& option : job.shard_options) options += fmt::format(" {}", shell_word(option));
  const fs::path database = fs::absolute(job.database);
  return fmt::format(
      "#!/bin/sh\n"
      "#SBATCH --job-name=weir-{}\n"
      "#SBATCH --array=1-{}\n"
      "#SBATCH --output=\"{}.slurm-%A-%a.log\"\n"
      "# A shard that was stopped goes on where it was when it is submitted again.\n"
      "exec {} sweep {} --database {} --shard \"$SLURM_ARRAY_TASK_ID/{}\" --jobs "
      "\"${{SLURM_CPUS_PER_TASK:-1}}\" "
      "--quiet{}\n",
      job.name, job.shards, sbatch_word(database.parent_path() / database.stem()), shell_word(own_path()),
      shell_word(fs::absolute(job.sweep_file).string()), shell_word(database.string()), job.shards, options);
}

fs::path script_path(const SlurmJob& job) {
  const fs::path database = fs::absolute(job.database);
  return database.parent_path() / (database.stem().string() + ".slurm.sh");
}

std::string submit(const SlurmJob& job) {
  const fs::path path = script_path(job);
  report::write_files(path.parent_path(), {{path.filename().string(), slurm_script(job)}});
  std::vector<std::string> command = {"sbatch", "--parsable"};
  command.insert(command.end(), job.sbatch_options.begin(), job.sbatch_options.end());
  command.push_back(path.string());
  Ran ran = run_program(command, true);
  if (ran.code != 0) throw std::runtime_error(fmt::format("sbatch failed with exit code {}", ran.code));
  while (ran.out.ends_with('\n')) ran.out.pop_back();
  return ran.out.substr(0, ran.out.find(';'));  // `number;cluster`
}

}  // namespace weir::sweep
