#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/job.h"
#include "mapper/cost.h"
#include "report/run_result.h"
#include "workload/workload.h"

namespace weir::cli {

enum class DataMode : std::uint8_t { off, on, automatic };

/// Stands for the mapping file that the dataflow has for the accelerator and the workload.
inline constexpr auto kPublished = "published";

/// A run as asked for, by names and paths.
struct Request {
  std::string accelerator;
  std::string workload;
  std::optional<std::string> dataflow;
  std::optional<std::string> mapping;       ///< a file, or kPublished; else mappings are searched
  Objective objective = Objective::energy;  ///< of that search
  bool search = true;  ///< else mappings that are not given are left open, and there is nothing to execute
  bool may_show_progress = false;      ///< of it
  unsigned threads = 1;                ///< of it; the answer does not depend on them
  bool skip_unmappable = false;        ///< leave layers out that cannot be mapped: result.unmapped
  std::optional<std::string> energy;   ///< takes the place of the accelerator's
  std::vector<std::string> layers;     ///< names or globs; none means all
  std::vector<std::string> overrides;  ///< `key=value` for the accelerator
  std::int64_t batch = 1;
  Overlap overlap = Overlap::processing;
  report::Fidelity fidelity = report::Fidelity::simulate;
  DataMode data = DataMode::automatic;
  std::uint64_t seed = 1;
  bool replay = true;
};

/// A run with all its inputs read and checked: executing it needs no more files.
struct Plan {
  report::RunResult result;  ///< all but the layers
  config::Node mapping;      ///< the mapping file, or the dataflow's rule where none is given
  std::vector<evaluate::Job> jobs;
};

/// The evaluation that an option `--fidelity` names. Throws UsageError, also when values are asked for that
/// an estimate does not move.
report::Fidelity fidelity_of(const std::string& word, DataMode data);

/// The layers that match one of the patterns, in the workload's order. Throws UsageError when a pattern
/// matches none.
std::vector<Layer> select_layers(const Workload& workload, const std::vector<std::string>& patterns);

/// Throws config::InputError and UsageError.
Plan make_plan(const Request& request);

/// The inputs as YAML documents (--print-config).
std::string print_config(const Plan& plan);

}  // namespace weir::cli
