#include "systemc/ports_simulator.h"

#include <systemc>

#include "systemc/chip.h"
#include "systemc/program.h"

namespace weir::systemc {

struct PortsSimulator::Impl {
  explicit Impl(const Accelerator& spec)
      : accelerator(spec), chip(sc_core::sc_gen_unique_name("chip"), accelerator) {}

  Accelerator accelerator;
  Chip chip;
};

PortsSimulator::PortsSimulator(const Accelerator& accelerator) : impl_(std::make_unique<Impl>(accelerator)) {}
PortsSimulator::~PortsSimulator() = default;

stats::LayerStats PortsSimulator::run(const Layer& layer, const Mapping& mapping, const RunOptions& options) {
  LayerData data = generate_data(layer, options.seed, true);
  const auto expected = options.verify ? reference_outputs(layer, data) : std::vector<std::uint32_t>{};
  if (options.tamper) options.tamper(data);
  Program program(layer, mapping, impl_->accelerator, options.overlap);
  stats::LayerStats stats = impl_->chip.run(program, data);
  if (!options.verify) return stats;
  const auto& outputs = impl_->chip.dram.outputs();
  for (std::size_t i = 0; i < expected.size(); ++i) stats.wrong_outputs += outputs[i] != expected[i] ? 1 : 0;
  stats.verification = stats.wrong_outputs == 0 ? stats::Verification::passed : stats::Verification::failed;
  if (options.observe) options.observe(data, outputs);
  return stats;
}

}  // namespace weir::systemc
