#include "cli/execute.h"

#include <unistd.h>

#include "cli/progress.h"

namespace weir::cli {

void execute(std::vector<Plan>& plans, bool may_show_progress) {
  if (plans.empty()) return;
  double total = 0;
  for (const auto& plan : plans) {
    for (const auto& job : plan.jobs) total += static_cast<double>(job.layer.macs()) + 1;
  }
  Progress progress(may_show_progress && ::isatty(STDERR_FILENO) != 0, total);
  arch::Simulator simulator(plans.front().result.accelerator);
  for (auto& plan : plans) {
    for (const auto& job : plan.jobs) {
      progress.begin(job.layer.name, static_cast<double>(job.layer.macs()) + 1);
      const auto stats = simulator.run(job, [&](double fraction) { progress.update(fraction); });
      plan.result.layers.push_back({job.layer, job.mapping, stats});
    }
  }
}

}  // namespace weir::cli
