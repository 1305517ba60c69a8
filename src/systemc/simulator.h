#pragma once

#include <functional>
#include <memory>

#include "accelerator/accelerator.h"
#include "evaluate/evaluate.h"

namespace weir::systemc {

class Chip;

/// The machine as a SystemC model: a chip and its DRAM. Construct before the first run of any Simulator of
/// the process: SystemC elaborates once. Runs of one or several Simulators follow one another.
class Simulator {
 public:
  explicit Simulator(const Accelerator& accelerator);
  /// With a DRAM of the caller's own, which `bind` binds to the chip's socket (chip.h), and which must
  /// outlive this.
  Simulator(const Accelerator& accelerator, const std::function<void(Chip&)>& bind);
  ~Simulator();

  /// evaluate::simulate(), by the kernel.
  stats::LayerStats run(const evaluate::Job& job, const evaluate::Progress& progress = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::systemc
