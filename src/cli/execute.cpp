#include "cli/execute.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/progress.h"
#include "sweep/evaluate.h"

namespace weir::cli {
namespace {

/// Whether two jobs of a plan do the same with the same words.
bool same_work(const arch::Job& a, const arch::Job& b) {
  Layer renamed = a.layer;
  renamed.name = b.layer.name;
  return renamed == b.layer && a.mapping.loops == b.mapping.loops &&
         a.mapping.weights_in_global_buffer == b.mapping.weights_in_global_buffer && a.overlap == b.overlap &&
         a.data == b.data && a.seed == b.seed && a.replay == b.replay && !a.tamper && !b.tamper &&
         !a.observe && !b.observe;
}

}  // namespace

void execute(std::vector<Plan>& plans, bool may_show_progress) {
  if (plans.empty()) return;
  double total = 0;
  for (const auto& plan : plans) {
    for (const auto& job : plan.jobs) total += static_cast<double>(job.layer.macs()) + 1;
  }
  Progress progress(may_show_progress && ::isatty(STDERR_FILENO) != 0, total);
  // All machines before the first run: SystemC elaborates once.
  std::vector<std::unique_ptr<arch::Simulator>> simulators;
  for (const auto& plan : plans) {
    simulators.push_back(plan.result.fidelity == report::Fidelity::simulate
                             ? std::make_unique<arch::Simulator>(plan.result.accelerator)
                             : nullptr);
  }
  for (std::size_t i = 0; i < plans.size(); ++i) {
    Plan& plan = plans[i];
    for (const auto& job : plan.jobs) {
      progress.begin(job.layer.name, static_cast<double>(job.layer.macs()) + 1);
      // A network has many layers of the same shape, and the generated words depend on shape and seed alone.
      const auto twin = std::find_if(plan.jobs.begin(), plan.jobs.end(),
                                     [&](const arch::Job& other) { return same_work(other, job); });
      const auto number = static_cast<std::size_t>(twin - plan.jobs.begin());
      if (number < plan.result.layers.size()) {
        plan.result.layers.push_back({job.layer, job.mapping, plan.result.layers[number].stats});
        continue;
      }
      const auto report = [&](double fraction) { progress.update(fraction); };
      const auto stats = simulators[i] ? simulators[i]->run(job, report)
                         : plan.result.fidelity == report::Fidelity::estimate
                             ? sweep::estimate(job, plan.result.accelerator)
                             : sweep::count(job, plan.result.accelerator);
      plan.result.layers.push_back({job.layer, job.mapping, stats});
    }
  }
}

int check_outputs(const std::string& command, const report::RunResult& result) {
  int code = 0;
  for (const auto& [layer, mapping, stats] : result.layers) {
    if (stats.verification != stats::Verification::failed) continue;
    std::fflush(stdout);
    fmt::print(stderr, "weir {}: error: layer {}: {} output words differ from the reference\n", command,
               layer.name, stats.wrong_outputs);
    code = 1;
  }
  return code;
}

}  // namespace weir::cli
