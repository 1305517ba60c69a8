#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "accelerator/accelerator.h"
#include "energy/energy_table.h"
#include "mapper/cost.h"
#include "mapping/dataflow.h"
#include "report/metrics.h"
#include "report/run_result.h"
#include "sweep/expression.h"
#include "sweep/spec.h"
#include "workload/workload.h"

namespace weir::sweep {

using report::Fidelity;
using report::fidelity_name;

/// A file as read, with its text in a form that is equal for equal contents.
template <typename T>
struct Resolved {
  std::string name;  ///< as asked for
  T value;
  std::string canonical;
};

/// All that the results of a point depend on; files are shared between points.
struct DesignPoint {
  std::vector<std::string> coordinates;  ///< the values of SweepSpec::coordinates()
  Accelerator accelerator;
  std::string accelerator_json;  ///< its file with the point's values
  std::shared_ptr<const Resolved<energy::EnergyTable>> energy;
  std::shared_ptr<const Resolved<Workload>> workload;  ///< the selected layers, with the point's batch
  std::shared_ptr<const Resolved<Dataflow>> dataflow;
  std::int64_t batch = 1;
  Objective objective = Objective::energy;
  Overlap overlap = Overlap::processing;
  Fidelity fidelity = Fidelity::estimate;
  bool data = false;                    ///< simulated words carry values, and outputs are verified
  std::vector<std::string> layer_keys;  ///< of the workload's layers: all that a layer's result depends on
  std::string key;                      ///< all that the point's row depends on
};

/// The design points of a sweep.
struct Points {
  std::vector<DesignPoint> points;  ///< in the grid's order, each once
  std::uint64_t grid = 0;           ///< points of the whole grid
  std::uint64_t ruled_out = 0;      ///< by `where`, of those that were looked at
  std::uint64_t repeated = 0;       ///< equal to an earlier point
};

/// Where a dataflow's rule stands; throws std::runtime_error.
using FindDataflow = std::function<std::string(const std::string& name)>;

/// Makes the points of a sweep: reads all files, checks all values. Throws config::InputError, at the sweep
/// file's line for what it says.
Points make_points(const SweepSpec& spec, const FindDataflow& find_dataflow);

/// What expressions may use: every number of the accelerator by its path; `pes`, `global_buffer_kb` (with
/// the prefetch banks), `register_file_kb` (of all PEs) and `total_sram_kb` (their sum), in 1,024 bytes;
/// `batch`.
Names names_of(const config::Node& accelerator_file, const Accelerator& accelerator, std::int64_t batch);
/// The same by themselves: what a point's row shows of its machine.
struct MachineSize {
  std::int64_t pes = 0;
  double global_buffer_kb = 0, register_file_kb = 0;
  double total_sram_kb() const { return global_buffer_kb + register_file_kb; }
};
MachineSize size_of(const Accelerator& accelerator);

std::string_view objective_name(Objective objective);

}  // namespace weir::sweep
