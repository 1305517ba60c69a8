#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/ceil_div.h"
#include "datapath/array.h"
#include "datapath/global_buffer.h"
#include "datapath/layer_values.h"
#include "datapath/vector_unit.h"
#include "evaluate/evaluate.h"
#include "mapping/systolic.h"
#include "timing/schedule.h"
#include "vector_unit/vector_unit.h"
#include "workload/lowering.h"

namespace weir::evaluate {
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
stats::LayerStats simulate_vector_layer(const Job& job, const Accelerator& accelerator,
                                        const Progress& progress) {
  stats::LayerStats stats = run_memory_bound(job.layer, accelerator, job.overlap);
  if (!job.data || !job.layer.has_values()) return stats;
  LayerData data = generate_data(job.layer, job.seed, false);
  const auto expected = reference_outputs(job.layer, data);
  if (job.tamper) job.tamper(data);
  datapath::VectorUnit unit(job.layer, accelerator.global_buffer, data);
  unit.run(progress);
  verify(unit.outputs(), expected, stats);
  if (job.observe) job.observe(data, unit.outputs());
  return stats;
}

/// Goes along with the tiles: tells how far they are, and, given values, moves them through buffer and array.
class Companion : public timing::TileObserver {
 public:
  Companion(std::int64_t tiles, const Surroundings& around) : tiles_(tiles), around_(around) {}

  void move(datapath::LayerValues& values, const Accelerator& accelerator) {
    buffer_ = std::make_unique<datapath::GlobalBuffer>(values, accelerator.global_buffer);
    array_ = datapath::make_array(values, *buffer_, accelerator);
  }

  void run_tile(const timing::BufferTiles& tiles) override {
    if (array_) {
      buffer_->go_to(tiles);
      array_->run_tile();
    }
    if (around_.progress) around_.progress(static_cast<double>(++done_) / static_cast<double>(tiles_));
  }
  void end(const timing::BufferTiles& tiles) override {
    if (array_) buffer_->drain_psums(*tiles.before());
  }

 private:
  std::int64_t tiles_;
  const Surroundings& around_;
  std::unique_ptr<datapath::GlobalBuffer> buffer_;
  std::unique_ptr<datapath::Array> array_;
  std::int64_t done_ = 0;
};

/// MACs that meet a zero, where the machine switches something off for them.
std::int64_t gateable_macs(const Job& job, const Accelerator& accelerator) {
  return accelerator.pe.zero_gating && !job.layer.is_memory_bound() ? count_zero_macs(job.layer, job.seed)
                                                                    : 0;
}

}  // namespace

stats::LayerStats simulate(const Job& job, const Accelerator& accelerator, const Surroundings& around) {
  if (job.layer.is_memory_bound()) return simulate_vector_layer(job, accelerator, around.progress);
  const Layer layer = mapped_layer(job.layer, accelerator);
  datapath::LayerValues values(layer, job.mapping, accelerator);
  Companion companion(count_buffer_tiles(values.nest, layer), around);
  timing::ScheduleOptions options{.replay = job.replay, .memory = around.memory, .observer = &companion};
  if (!job.data) {
    options.zero_macs = gateable_macs(job, accelerator);
    return timing::schedule_mapped(layer, job.mapping, accelerator, job.overlap, options);
  }

  LayerData data = generate_data(job.layer, job.seed, true);
  const auto expected = reference_outputs(job.layer, data);
  if (job.tamper) job.tamper(data);
  options.zero_macs = count_zero_macs(job.layer, data.ifmap);
  const bool is_lowered = accelerator.systolic();
  values.data = is_lowered ? lowered(job.layer, data) : std::move(data);
  values.outputs.assign(expected.size(), 0);
  if (!is_lowered) values.run = datapath::find_window_run(values.nest, layer, accelerator);
  companion.move(values, accelerator);
  stats::LayerStats stats = timing::schedule_mapped(layer, job.mapping, accelerator, job.overlap, options);
  if (values.zero_macs != options.zero_macs)
    throw std::logic_error("the PEs met another number of zeros than there are");
  const auto outputs = is_lowered ? raised_outputs(job.layer, values.outputs) : std::move(values.outputs);
  verify(outputs, expected, stats);
  if (job.observe) job.observe(is_lowered ? data : values.data, outputs);
  return stats;
}

stats::LayerStats estimate(const Job& job, const Accelerator& accelerator) {
  return timing::schedule(job.layer, job.mapping, accelerator, job.overlap,
                          {.zero_macs = gateable_macs(job, accelerator), .replay = job.replay});
}

}  // namespace weir::evaluate
