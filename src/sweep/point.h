#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "accelerator/accelerator.h"
#include "energy/energy_table.h"
#include "mapping/dataflow.h"
#include "report/metrics.h"
#include "report/run_result.h"
#include "sweep/key.h"
#include "sweep/spec.h"
#include "workload/workload.h"

namespace weir::sweep {

using report::Fidelity;
using report::fidelity_name;

inline constexpr std::size_t kMostLayers = 1'000'000;  ///< of all points of a sweep

/// A file as read, with a key that is equal for equal contents.
template <typename T>
struct Resolved {
  std::string name;  ///< as asked for
  T value;
  Key key;
};

/// The layers that a sweep selects.
struct ResolvedWorkload {
  std::string name;
  Workload value;
  std::string missing;      ///< what it lacks of its model, in a sentence
  Key key;                  ///< of all, their names included
  std::vector<Key> layers;  ///< without their names
};

/// Keys of an accelerator's file and the values that they get.
using Settings = std::vector<std::pair<config::Node, config::Node>>;

/// All that the results of a point depend on; files are shared between points.
struct DesignPoint {
  std::vector<std::string> coordinates;  ///< the values of SweepSpec::coordinates()
  Accelerator accelerator;
  std::shared_ptr<const config::Node> accelerator_file;  ///< without the point's values
  Settings settings;                                     ///< the point's values
  std::shared_ptr<const Resolved<energy::EnergyTable>> energy;
  std::shared_ptr<const ResolvedWorkload> workload;  ///< with the point's batch
  std::shared_ptr<const Resolved<Dataflow>> dataflow;
  std::int64_t batch = 1;
  Request request;
  std::vector<Key> layer_keys;  ///< of the workload's layers: all that a layer's result depends on
  Key key;                      ///< all that the point's row depends on

  /// The accelerator's file with the point's values, as JSON.
  std::string inputs() const;
};

/// The design points of a sweep.
struct Points {
  std::vector<DesignPoint> points;  ///< in the grid's order, each once
  std::uint64_t grid = 0;           ///< points of the whole grid
  std::uint64_t ruled_out = 0;      ///< by `where`, of those that were looked at
  std::uint64_t repeated = 0;       ///< equal to an earlier point
};

/// How far make_points() is: points of the grid looked at, of how many at most, and those that are points of
/// the sweep.
struct Preparation {
  std::uint64_t looked_at = 0, most = 0, points = 0;
};

/// Makes the points of a sweep: reads all files, checks all values. `report` is called for each point that is
/// looked at. Throws config::InputError, at the sweep file's line for what it says.
Points make_points(const SweepSpec& spec, const std::function<void(const Preparation&)>& report = {});

/// What a point's row shows of its machine, in PEs and in units of 1,024 bytes.
struct MachineSize {
  std::int64_t pes = 0;
  double global_buffer_kb = 0, register_file_kb = 0;
  double total_sram_kb() const { return global_buffer_kb + register_file_kb; }
};
MachineSize size_of(const Accelerator& accelerator);

std::string_view objective_name(Objective objective);

}  // namespace weir::sweep
