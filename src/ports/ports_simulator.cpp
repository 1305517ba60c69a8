#include "ports/ports_simulator.h"

#include <optional>
#include <systemc>

#include "mapping/nest.h"
#include "mapping/systolic.h"
#include "ports/multicast_chip.h"
#include "ports/program.h"
#include "ports/systolic_chip.h"
#include "ports/vector_path.h"
#include "workload/lowering.h"

namespace weir::ports {

double least_pe_cycles(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator) {
  if (layer.is_memory_bound()) return 0;
  const Layer mapped = mapped_layer(layer, accelerator);
  const LoopNest nest(mapping, mapped);
  double cycles = 1;  // of a PE whose tiles are full
  for (const Dimension d : kAllDimensions) {
    double steps = 1;
    for (const Level level : {Level::dram, Level::global_buffer}) {
      for (const NestLoop& loop : nest.loops(level))
        steps *= loop.dimension == d ? static_cast<double>(loop.bound) : 1;
    }
    cycles *= steps * static_cast<double>(nest.tile(Level::pe)[d]);
  }
  return cycles * static_cast<double>(accelerator.pes());
}

namespace {

/// The name itself for the first module that asks for it.
const char* free_name(const char* name) {
  return sc_core::sc_find_object(name) == nullptr ? name : sc_core::sc_gen_unique_name(name);
}

}  // namespace

struct PortsSimulator::Impl {
  Impl(const Accelerator& spec, const std::string& vcd)
      : accelerator(spec), vector_path(free_name("vector_path"), accelerator) {
    const char* const name = free_name("chip");
    if (spec.systolic()) {
      systolic_chip.emplace(name, accelerator);
    } else {
      multicast_chip.emplace(name, accelerator);
    }
    if (!vcd.empty()) write_waveforms(vcd);
  }
  ~Impl() {
    if (waveforms != nullptr) sc_core::sc_close_vcd_trace_file(waveforms);
  }

  void write_waveforms(const std::string& file) {
    waveforms = sc_core::sc_create_vcd_trace_file(file.substr(0, file.rfind('.')).c_str());  // it adds .vcd
    const auto actions =  // it would say on stdout that this was done
        sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    waveforms->set_time_unit(1, sc_core::SC_PS);
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, actions);
    sc_core::sc_trace(waveforms, layer, "layer");
    vector_path.trace(waveforms);
    if (multicast_chip) multicast_chip->trace(waveforms);
    if (systolic_chip) systolic_chip->trace(waveforms);
  }
  /// The statistics but for verification; outputs as reference_outputs() has them.
  stats::LayerStats run(const Layer& mapped, const Mapping& mapping, const LayerData& data, Overlap overlap) {
    ++layer;
    if (mapped.is_memory_bound()) {
      stats::LayerStats stats = vector_path.run(mapped, data, overlap);
      outputs = vector_path.outputs();
      return stats;
    }
    Program program(accelerator.systolic() ? lowered(mapped) : mapped, mapping, accelerator, overlap);
    if (multicast_chip) {
      stats::LayerStats stats = multicast_chip->run(program, data);
      outputs = multicast_chip->dram.outputs();
      return stats;
    }
    const LayerData product = lowered(mapped, data);
    stats::LayerStats stats = systolic_chip->run(program, product);
    outputs = raised_outputs(mapped, systolic_chip->dram.outputs());
    return stats;
  }

  Accelerator accelerator;
  VectorPath vector_path;
  std::optional<MulticastChip> multicast_chip;
  std::optional<SystolicChip> systolic_chip;  ///< the other one
  sc_core::sc_trace_file* waveforms = nullptr;
  int layer = 0;  ///< the number of those that have begun
  std::vector<std::uint32_t> outputs;
};

PortsSimulator::PortsSimulator(const Accelerator& accelerator, const std::string& vcd)
    : impl_(std::make_unique<Impl>(accelerator, vcd)) {}
PortsSimulator::~PortsSimulator() = default;

stats::LayerStats PortsSimulator::run(const Layer& layer, const Mapping& mapping, const RunOptions& options) {
  LayerData data = generate_data(layer, options.seed, !layer.is_memory_bound());
  const bool verifies = options.verify && layer.has_values();
  const auto expected = verifies ? reference_outputs(layer, data) : std::vector<std::uint32_t>{};
  if (options.tamper) options.tamper(data);
  stats::LayerStats stats = impl_->run(layer, mapping, data, options.overlap);
  if (!layer.has_values()) stats.verification = stats::Verification::none;
  if (!verifies) return stats;
  for (std::size_t i = 0; i < expected.size(); ++i)
    stats.wrong_outputs += impl_->outputs[i] != expected[i] ? 1 : 0;
  stats.verification = stats.wrong_outputs == 0 ? stats::Verification::passed : stats::Verification::failed;
  if (options.observe) options.observe(data, impl_->outputs);
  return stats;
}

}  // namespace weir::ports
