#include "arch/systolic_array.h"

#include "arch/clocking.h"

namespace weir::arch {

SystolicArray::SystolicArray(const sc_core::sc_module_name& name, const Accelerator& accelerator,
                             GlobalBuffer& buffer, const sc_core::sc_time& period)
    : sc_module(name), weight_fifo("weight_fifo"), period_(period), times_(accelerator), datapath_(buffer) {
  SC_THREAD(control);
}

void SystolicArray::control() {
  for (;;) {
    LayerContext* const layer = layers_in->read();
    run_layer(*layer);
    layers_out->write(layer);
  }
}

void SystolicArray::run_layer(LayerContext& layer) {
  const Job& job = layer.job;
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  times_.begin_layer(job.layer, layer.nest, job.mapping, job.overlap == Overlap::processing,
                     job.mapping.weights_in_global_buffer ? nullptr : &weight_fifo);
  datapath_.begin_layer(layer, times_.roles());
  walker_.emplace(layer.nest);
  for (std::int64_t tile = 1; !times_.finished(); ++tile) {
    const Cycle done = times_.run_tile(tiles_in->read());
    if (job.data) move_values(layer);
    layer.report_progress(tile);
    tiles_out->write(done);
  }
  layer.stats.cycles = times_.done();
  wait_until(start + static_cast<double>(layer.stats.cycles) * period_);
}

void SystolicArray::move_values(LayerContext& layer) {
  bool more = true;
  do {
    layer.zero_macs += datapath_.run(walker_->tile(), times_.reads_psums(walker_->tile()));
    more = walker_->next();
  } while (more && !walker_->enters_buffer_tile());
}

}  // namespace weir::arch
