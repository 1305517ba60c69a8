#include "cli/execute.h"

#include <unistd.h>

#include <optional>

#include "cli/progress.h"
#include "timing/schedule.h"
#include "workload/data.h"

namespace weir::cli {

stats::LayerStats estimate(const arch::Job& job, const Accelerator& accelerator) {
  std::int64_t zero_macs = 0;
  if (accelerator.pe.zero_gating)
    zero_macs = count_zero_macs(job.layer, generate_data(job.layer, job.seed, false).ifmap);
  return timing::schedule(job.layer, job.mapping, accelerator, job.overlap, zero_macs);
}

void execute(std::vector<Plan>& plans, bool may_show_progress) {
  if (plans.empty()) return;
  double total = 0;
  for (const auto& plan : plans) {
    for (const auto& job : plan.jobs) total += static_cast<double>(job.layer.macs());
  }
  Progress progress(may_show_progress && ::isatty(STDERR_FILENO) != 0, total);
  const Accelerator& accelerator = plans.front().result.accelerator;
  std::optional<arch::Simulator> simulator;
  for (auto& plan : plans) {
    const bool simulates = plan.result.fidelity == report::Fidelity::simulate;
    if (simulates && !simulator) simulator.emplace(accelerator);
    for (const auto& job : plan.jobs) {
      progress.begin(job.layer.name, static_cast<double>(job.layer.macs()));
      const auto report = [&](double fraction) { progress.update(fraction); };
      plan.result.layers.push_back(
          {job.layer, job.mapping, simulates ? simulator->run(job, report) : estimate(job, accelerator)});
    }
  }
}

}  // namespace weir::cli
