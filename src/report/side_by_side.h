#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/metrics.h"
#include "report/run_result.h"

namespace weir::report {

/// Runs of the same layers of a workload, whose accelerators, dataflows or both differ. All are put in
/// relation to one of them.
class SideBySide {
 public:
  /// `layers`: all that were asked for, in the workload's order; each run has each of them as a result or as
  /// unmapped. One run at least, with energies in the same unit.
  SideBySide(std::vector<RunResult> runs, std::vector<std::string> layers, std::string objective);

  const std::vector<RunResult>& runs() const { return runs_; }
  const std::vector<std::string>& layers() const { return layers_; }
  /// Whether totals are taken over a run's layers: not when it could map none, and when no layer is common to
  /// all that could map some, not of those that could map fewest.
  bool in_totals(std::size_t run) const { return in_totals_[run]; }
  /// The run that the others are put in relation to: the first of those in the totals.
  std::size_t reference() const { return reference_; }
  /// The layers that all runs in the totals could map: totals are over these.
  const std::vector<std::string>& common_layers() const { return common_; }
  const std::string& objective() const { return objective_; }

  /// What tells a run from the others: its dataflow, its accelerator, or both.
  const std::string& name(std::size_t run) const { return names_[run]; }
  /// The folder of a run's own files: `accelerator.dataflow`.
  static std::string folder(const RunResult& run);

  /// Nothing when the run has no mapping of the layer.
  std::optional<Metrics> layer(std::size_t run, const std::string& layer) const;
  /// Over the common layers; nothing of a run that is not in the totals.
  std::optional<Metrics> total(std::size_t run) const;

 private:
  void find_common_layers();

  std::vector<RunResult> runs_;
  std::vector<std::string> layers_;
  std::string objective_;
  std::vector<std::string> names_;
  std::vector<bool> in_totals_;
  std::size_t reference_ = 0;
  std::vector<std::string> common_;
};

/// A number by which runs are compared.
struct ComparedQuantity {
  std::string_view name;  ///< the column of compare.csv
  double (*of)(const Metrics&);
};

/// Energy, in all and by level, cycles, milliseconds, utilization, DRAM words per MAC, energy-delay product.
const std::vector<ComparedQuantity>& compared_quantities();

/// Energy x time, in the energy's unit x ms.
double energy_delay_product(const Metrics& m);

/// `value` / `first`; nothing where that has no meaning.
std::optional<double> relative(double value, double first);

/// What `weir compare` prints, kTableWidth columns at most; `by_layer` adds each layer.
std::string side_by_side_table(const SideBySide& comparison, bool by_layer);
/// The texts of compare.csv and compare.json (docs/file-formats.md).
std::string side_by_side_csv(const SideBySide& comparison);
std::string side_by_side_json(const SideBySide& comparison);

}  // namespace weir::report
