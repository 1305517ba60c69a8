#include "cli/execute.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/progress.h"
#include "estimate/estimator.h"
#include "timing/schedule.h"
#include "workload/data.h"

namespace weir::cli {
namespace {

/// Counts exactly, cycles nearly, and nothing of what PEs and links do in which cycle.
stats::LayerStats evaluate_by_closed_form(const arch::Job& job, const Accelerator& accelerator) {
  const auto evaluation = estimate::Estimator(job.layer, accelerator, job.overlap).evaluate(job.mapping);
  stats::LayerStats result;
  result.macs = job.layer.macs();
  result.cycles = evaluation.cycles;
  result.active_pes = evaluation.active_pes;
  result.counts = evaluation.counts;
  return result;
}

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

stats::LayerStats estimate(const arch::Job& job, const Accelerator& accelerator) {
  std::int64_t zero_macs = 0;
  if (accelerator.pe.zero_gating)
    zero_macs = count_zero_macs(job.layer, generate_data(job.layer, job.seed, false).ifmap);
  return timing::schedule(job.layer, job.mapping, accelerator, job.overlap,
                          {.zero_macs = zero_macs, .replay = job.replay});
}

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
    const bool simulates = plan.result.fidelity == report::Fidelity::simulate && !plan.closed_form;
    simulators.push_back(simulates ? std::make_unique<arch::Simulator>(plan.result.accelerator) : nullptr);
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
      const auto stats = plan.closed_form ? evaluate_by_closed_form(job, plan.result.accelerator)
                         : simulators[i]  ? simulators[i]->run(job, report)
                                          : estimate(job, plan.result.accelerator);
      plan.result.layers.push_back({job.layer, job.mapping, stats});
    }
  }
}

int check_outputs(const std::string& command, const report::RunResult& result) {
  int code = 0;
  for (const auto& [layer, mapping, stats] : result.layers) {
    if (stats.verification != stats::Verification::failed) continue;
    std::fflush(stdout);
    fmt::print(stderr, "weir {}: error: layer {}: {} output words differ from the reference convolution\n",
               command, layer.name, stats.wrong_outputs);
    code = 1;
  }
  return code;
}

}  // namespace weir::cli
