#include "systemc/ports_simulator.h"

#include <optional>
#include <systemc>

#include "systemc/multicast_chip.h"
#include "systemc/program.h"
#include "systemc/systolic_chip.h"
#include "workload/lowering.h"

namespace weir::systemc {

struct PortsSimulator::Impl {
  explicit Impl(const Accelerator& spec) : accelerator(spec) {
    const char* name = sc_core::sc_gen_unique_name("chip");
    if (spec.systolic()) {
      systolic_chip.emplace(name, accelerator);
    } else {
      multicast_chip.emplace(name, accelerator);
    }
  }

  stats::LayerStats run(Program& program, const LayerData& data) {
    return multicast_chip ? multicast_chip->run(program, data) : systolic_chip->run(program, data);
  }
  const std::vector<std::uint32_t>& outputs() const {
    return multicast_chip ? multicast_chip->dram.outputs() : systolic_chip->dram.outputs();
  }

  Accelerator accelerator;
  std::optional<MulticastChip> multicast_chip;
  std::optional<SystolicChip> systolic_chip;  ///< the other one
};

PortsSimulator::PortsSimulator(const Accelerator& accelerator) : impl_(std::make_unique<Impl>(accelerator)) {}
PortsSimulator::~PortsSimulator() = default;

stats::LayerStats PortsSimulator::run(const Layer& layer, const Mapping& mapping, const RunOptions& options) {
  LayerData data = generate_data(layer, options.seed, true);
  const auto expected = options.verify ? reference_outputs(layer, data) : std::vector<std::uint32_t>{};
  if (options.tamper) options.tamper(data);
  const bool lowers = impl_->accelerator.systolic();
  Program program(lowers ? lowered(layer) : layer, mapping, impl_->accelerator, options.overlap);
  stats::LayerStats stats = impl_->run(program, lowers ? lowered(layer, data) : data);
  if (!options.verify) return stats;
  const auto outputs = lowers ? raised_outputs(layer, impl_->outputs()) : impl_->outputs();
  for (std::size_t i = 0; i < expected.size(); ++i) stats.wrong_outputs += outputs[i] != expected[i] ? 1 : 0;
  stats.verification = stats.wrong_outputs == 0 ? stats::Verification::passed : stats::Verification::failed;
  if (options.observe) options.observe(data, outputs);
  return stats;
}

}  // namespace weir::systemc
