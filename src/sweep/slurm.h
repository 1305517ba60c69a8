#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace weir::sweep {

/// A sweep as a Slurm job array: a task of it for each shard.
struct SlurmJob {
  std::string name;  ///< of the sweep
  std::filesystem::path sweep_file, database;
  std::uint64_t shards = 1;
  std::vector<std::string> shard_options;   ///< further options of `weir sweep`
  std::vector<std::string> sbatch_options;  ///< behind those that the script has
};

/// The text of the batch script: `$SLURM_ARRAY_TASK_ID` is the shard, `$SLURM_CPUS_PER_TASK` its jobs.
std::string slurm_script(const SlurmJob& job);

/// Writes the script beside the database and submits it; the number of the job. Throws std::runtime_error,
/// with what sbatch says.
std::string submit(const SlurmJob& job);

/// The script's place.
std::filesystem::path script_path(const SlurmJob& job);

}  // namespace weir::sweep
