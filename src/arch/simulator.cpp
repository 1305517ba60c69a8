#include "arch/simulator.h"

#include <optional>
#include <systemc>
#include <utility>

#include "arch/layer_context.h"
#include "arch/machine.h"
#include "arch/systolic_machine.h"
#include "arch/vector_datapath.h"
#include "timing/cycle.h"
#include "vector_unit/vector_unit.h"
#include "workload/lowering.h"

namespace weir::arch {
namespace {

std::int64_t count_buffer_tiles(const LoopNest& nest, const Layer& layer) {
  std::int64_t tiles = 1;
  for (const Dimension d : kAllDimensions)
    tiles *= ceil_div(layer.bounds[d], nest.tile(Level::global_buffer)[d]);
  return tiles;
}

/// Compares what the machine wrote back with the reference.
void verify(const std::vector<std::uint32_t>& outputs, const std::vector<std::uint32_t>& expected,
            stats::LayerStats& stats) {
  for (std::size_t i = 0; i < expected.size(); ++i) stats.wrong_outputs += outputs[i] != expected[i] ? 1 : 0;
  stats.verification = stats.wrong_outputs == 0 ? stats::Verification::passed : stats::Verification::failed;
}

/// Its times are a formula; with data on, its words move besides.
stats::LayerStats run_vector_layer(const Job& job, const Accelerator& accelerator,
                                   const std::function<void(double)>& progress) {
  stats::LayerStats stats = run_memory_bound(job.layer, accelerator, job.overlap);
  if (!job.data || !job.layer.has_values()) return stats;
  LayerData data = generate_data(job.layer, job.seed, false);
  const auto expected = reference_outputs(job.layer, data);
  if (job.tamper) job.tamper(data);
  VectorDatapath datapath(job.layer, accelerator.global_buffer, data);
  datapath.run(progress);
  verify(datapath.outputs(), expected, stats);
  if (job.observe) job.observe(data, datapath.outputs());
  return stats;
}

}  // namespace

struct Simulator::Impl {
  explicit Impl(const Accelerator& spec) : accelerator(spec) {
    const char* name = sc_core::sc_gen_unique_name("accelerator");
    if (spec.systolic()) {
      systolic_machine.emplace(name, spec);
    } else {
      machine.emplace(name, spec);
    }
  }

  void run(LayerContext& layer, std::int64_t zero_macs, const std::function<void(double)>& progress) {
    layer.buffer_tiles = count_buffer_tiles(layer.nest, layer.job.layer);
    layer.progress = progress;
    if (machine) return machine->run(layer, zero_macs);
    systolic_machine->run(layer, zero_macs);
  }

  Accelerator accelerator;
  std::optional<Machine> machine;
  std::optional<SystolicMachine> systolic_machine;  ///< the other one
};

Simulator::Simulator(const Accelerator& accelerator) : impl_(std::make_unique<Impl>(accelerator)) {}
Simulator::~Simulator() = default;

stats::LayerStats Simulator::run(const Job& job, const std::function<void(double)>& progress) {
  if (job.layer.is_memory_bound()) return run_vector_layer(job, impl_->accelerator, progress);
  const bool lowers = impl_->accelerator.systolic();
  LayerData data;
  std::vector<std::uint32_t> expected;
  std::int64_t zero_macs = 0;
  if (job.data) {
    data = generate_data(job.layer, job.seed, true);
    expected = reference_outputs(job.layer, data);
    if (job.tamper) job.tamper(data);
    zero_macs = count_zero_macs(job.layer, data.ifmap);
  } else if (impl_->accelerator.pe.zero_gating) {  // zeros matter only where they switch something off
    zero_macs = count_zero_macs(job.layer, job.seed);
  }

  Job mapped = job;
  if (lowers) mapped.layer = lowered(job.layer);
  LayerContext layer(mapped, impl_->accelerator);
  layer.data = lowers && job.data ? lowered(job.layer, data) : std::move(data);
  layer.outputs.assign(expected.size(), 0);
  impl_->run(layer, zero_macs, progress);
  if (job.data) {
    if (lowers) layer.outputs = raised_outputs(job.layer, layer.outputs);
    verify(layer.outputs, expected, layer.stats);
    if (job.observe) job.observe(lowers ? data : layer.data, layer.outputs);
  }
  return layer.stats;
}

}  // namespace weir::arch
