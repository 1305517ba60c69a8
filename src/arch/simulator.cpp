#include "arch/simulator.h"

#include <systemc>

#include "arch/layer_context.h"
#include "arch/machine.h"
#include "vector_unit/vector_unit.h"

namespace weir::arch {
namespace {

std::int64_t count_steps(const LoopNest& nest) {
  std::int64_t steps = 1;
  for (const Level level : {Level::dram, Level::global_buffer}) {
    for (const NestLoop& loop : nest.loops(level)) steps *= loop.bound;
  }
  return steps;
}

}  // namespace

struct Simulator::Impl {
  explicit Impl(const Accelerator& spec)
      : accelerator(spec), machine(sc_core::sc_gen_unique_name("accelerator"), spec) {}

  Accelerator accelerator;
  Machine machine;
};

Simulator::Simulator(const Accelerator& accelerator) : impl_(std::make_unique<Impl>(accelerator)) {}
Simulator::~Simulator() = default;

stats::LayerStats Simulator::run(const Job& job, const std::function<void(double)>& progress) {
  if (job.layer.is_memory_bound()) return run_memory_bound(job.layer, impl_->accelerator, job.overlap);
  LayerContext layer(job, impl_->accelerator.columns);
  layer.steps = count_steps(layer.nest);
  layer.progress = progress;
  layer.data = generate_data(job.layer, job.seed, job.data);
  std::vector<std::uint32_t> expected;
  if (job.data) {
    expected = reference_convolution(job.layer, layer.data);
    layer.outputs.assign(expected.size(), 0);
    if (job.tamper) job.tamper(layer.data);
  }
  impl_->machine.run(layer);
  if (job.data) {
    for (std::size_t i = 0; i < expected.size(); ++i)
      layer.stats.wrong_outputs += layer.outputs[i] != expected[i] ? 1 : 0;
    if (job.observe) job.observe(layer.data, layer.outputs);
    layer.stats.verification =
        layer.stats.wrong_outputs == 0 ? stats::Verification::passed : stats::Verification::failed;
  }
  return layer.stats;
}

}  // namespace weir::arch
