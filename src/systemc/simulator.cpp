#include "systemc/simulator.h"

#include <optional>
#include <systemc>

#include "systemc/chip.h"
#include "systemc/dram.h"

namespace weir::systemc {

struct Simulator::Impl {
  explicit Impl(const Accelerator& accelerator) : chip(sc_core::sc_gen_unique_name("chip"), accelerator) {}

  Chip chip;
  std::optional<Dram> dram;
};

Simulator::Simulator(const Accelerator& accelerator) : impl_(std::make_unique<Impl>(accelerator)) {
  impl_->dram.emplace(sc_core::sc_gen_unique_name("dram"), accelerator);
  impl_->chip.dram.bind(impl_->dram->socket);
}

Simulator::Simulator(const Accelerator& accelerator, const std::function<void(Chip&)>& bind)
    : impl_(std::make_unique<Impl>(accelerator)) {
  bind(impl_->chip);
}

Simulator::~Simulator() = default;

stats::LayerStats Simulator::run(const evaluate::Job& job, const evaluate::Progress& progress) {
  return impl_->chip.run(job, progress);
}

}  // namespace weir::systemc
