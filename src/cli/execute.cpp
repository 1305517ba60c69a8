#include "cli/execute.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>

#include "cli/command.h"
#include "cli/progress.h"
#include "evaluate/evaluate.h"

#ifdef WEIR_SYSTEMC
#include "ports/ports_simulator.h"
#include "systemc/simulator.h"
#endif

namespace weir::cli {
namespace {

/// Whether two jobs of a plan do the same with the same words.
bool same_work(const evaluate::Job& a, const evaluate::Job& b) {
  Layer renamed = a.layer;
  renamed.name = b.layer.name;
  return renamed == b.layer && a.mapping.loops == b.mapping.loops &&
         a.mapping.weights_in_global_buffer == b.mapping.weights_in_global_buffer && a.overlap == b.overlap &&
         a.data == b.data && a.seed == b.seed && a.replay == b.replay && !a.tamper && !b.tamper &&
         !a.observe && !b.observe;
}

using Evaluation = std::function<stats::LayerStats(const evaluate::Job&, const evaluate::Progress&)>;

/// How the jobs of a plan are evaluated. The accelerator must outlive it. `vcd`: see execute().
Evaluation evaluation_by(report::Fidelity fidelity, const Accelerator& accelerator,
                         [[maybe_unused]] const std::string& vcd) {
  switch (fidelity) {
    case report::Fidelity::ports: {
#ifdef WEIR_SYSTEMC
      const auto chip = std::make_shared<ports::PortsSimulator>(accelerator, vcd);
      return [chip](const auto& job, const auto&) {
        return chip->run(job.layer, job.mapping, {job.overlap, job.data, job.seed, job.tamper, job.observe});
      };
#else
      throw UsageError("--fidelity is ports, which this build without SystemC does not have");
#endif
    }
    case report::Fidelity::simulate: {
#ifdef WEIR_SYSTEMC
      const auto simulator = std::make_shared<systemc::Simulator>(accelerator);
      return [simulator](const auto& job, const auto& progress) { return simulator->run(job, progress); };
#else
      return [&accelerator](const auto& job, const auto& progress) {
        return evaluate::simulate(job, accelerator, {progress});
      };
#endif
    }
    case report::Fidelity::estimate:
      return [&accelerator](const auto& job, const auto&) { return evaluate::estimate(job, accelerator); };
    case report::Fidelity::closed_form:
      return [&accelerator](const auto& job, const auto&) { return evaluate::count(job, accelerator); };
  }
  return {};
}

}  // namespace

void execute(std::vector<Plan>& plans, bool may_show_progress, const std::string& vcd) {
  if (plans.empty()) return;
  double total = 0;
  for (const auto& plan : plans) {
    for (const auto& job : plan.jobs) total += static_cast<double>(job.layer.macs()) + 1;
  }
  Progress progress(may_show_progress && ::isatty(STDERR_FILENO) != 0, total);
  // All machines before the first run: SystemC elaborates once.
  std::vector<Evaluation> evaluations;
  for (const auto& plan : plans) {
    evaluations.push_back(
        evaluation_by(plan.result.fidelity, plan.result.accelerator, evaluations.empty() ? vcd : ""));
  }
  for (std::size_t i = 0; i < plans.size(); ++i) {
    Plan& plan = plans[i];
    for (const auto& job : plan.jobs) {
      progress.begin(job.layer.name, static_cast<double>(job.layer.macs()) + 1);
      // A network has many layers of the same shape, and the generated words depend on shape and seed alone.
      const auto twin = std::find_if(plan.jobs.begin(), plan.jobs.end(),
                                     [&](const evaluate::Job& other) { return same_work(other, job); });
      const auto number = static_cast<std::size_t>(twin - plan.jobs.begin());
      if (number < plan.result.layers.size()) {
        plan.result.layers.push_back({job.layer, job.mapping, plan.result.layers[number].stats});
        continue;
      }
      const auto report = [&](double fraction) { progress.update(fraction); };
      plan.result.layers.push_back({job.layer, job.mapping, evaluations[i](job, report)});
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
