#include "cli/execute.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>

#include "cli/progress.h"
#include "sweep/evaluate.h"
#include "ports/ports_simulator.h"

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

/// What evaluates the jobs of a plan.
class Evaluator {
 public:
  Evaluator(const report::RunResult& run, const std::string& vcd) : run_(run) {
    if (run.fidelity == report::Fidelity::simulate)
      simulator_ = std::make_unique<arch::Simulator>(run.accelerator);
    if (run.fidelity == report::Fidelity::ports)
      ports_ = std::make_unique<ports::PortsSimulator>(run.accelerator, vcd);
  }
  stats::LayerStats run(const arch::Job& job, const std::function<void(double)>& progress) const {
    if (simulator_) return simulator_->run(job, progress);
    if (ports_)
      return ports_->run(job.layer, job.mapping, {job.overlap, job.data, job.seed, job.tamper, job.observe});
    return run_.fidelity == report::Fidelity::estimate ? sweep::estimate(job, run_.accelerator)
                                                       : sweep::count(job, run_.accelerator);
  }

 private:
  const report::RunResult& run_;
  std::unique_ptr<arch::Simulator> simulator_;
  std::unique_ptr<ports::PortsSimulator> ports_;
};

}  // namespace

void execute(std::vector<Plan>& plans, bool may_show_progress, const std::string& vcd) {
  if (plans.empty()) return;
  double total = 0;
  for (const auto& plan : plans) {
    for (const auto& job : plan.jobs) total += static_cast<double>(job.layer.macs()) + 1;
  }
  Progress progress(may_show_progress && ::isatty(STDERR_FILENO) != 0, total);
  // All machines before the first run: SystemC elaborates once.
  std::vector<Evaluator> evaluators;
  for (const auto& plan : plans) evaluators.emplace_back(plan.result, evaluators.empty() ? vcd : "");
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
      const auto stats = evaluators[i].run(job, report);
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
