#include "ports/systolic_chip.h"

#include <fmt/format.h>

#include <initializer_list>

#include "ports/traced.h"

namespace weir::ports {

using stats::PeState;

SystolicChip::SystolicChip(const sc_core::sc_module_name& name, const Accelerator& accelerator)
    : sc_module(name),
      clock("clock", sc_core::sc_time(500 / accelerator.clock_mhz, sc_core::SC_NS) * 2),
      dram("dram", accelerator.dram),
      global_buffer("global_buffer", accelerator.global_buffer),
      controller("controller"),
      ifmap_feeder("ifmap_feeder", Tensor::ifmap, accelerator.networks.ifmap.words_per_cycle),
      weight_feeder("weight_feeder", Tensor::weight, accelerator.networks.weight.words_per_cycle),
      psum_feeder("psum_feeder", accelerator.networks.psum_in.words_per_cycle),
      psum_collector("psum_collector", accelerator.networks.psum_out.words_per_cycle),
      accelerator_(accelerator),
      rows_(static_cast<std::size_t>(accelerator.rows)),
      columns_(static_cast<std::size_t>(accelerator.columns)),
      across_("across", rows_ * (columns_ + 1)),
      down_("down", (rows_ + 1) * columns_),
      psums_down_("psums_down", (rows_ + 1) * columns_),
      psums_in_("psums_in", columns_),
      drains_("drains", rows_ * (columns_ + 1)) {
  std::size_t number = 0;
  pes.init(rows_ * columns_, [&](const char*, std::size_t) {
    const std::size_t row = number / columns_, column = number % columns_;
    ++number;
    const auto pe_name = fmt::format("pe_{}_{}", row, column);
    return new SystolicElement(pe_name.c_str(), static_cast<std::int64_t>(row),
                               static_cast<std::int64_t>(column));
  });
  connect();
  SC_METHOD(see_step);
  sensitive << ifmap_done_ << weight_done_ << psum_in_done_ << psum_out_done_;
  SC_METHOD(see_end);
  sensitive << unfinished_step_ << drained_;
}

void SystolicChip::connect() {
  clock.work(work_);
  clock.send(send_);
  clock.layer_done(layer_done_);
  dram.send(send_);
  dram.client(global_buffer);
  global_buffer.send(send_);
  global_buffer.dram(dram);
  global_buffer.drained(drained_);
  global_buffer.array_unfinished_step(unfinished_step_);
  global_buffer.unwritten_visit(unfinished_visit_);
  controller.work(work_);
  controller.step_done(step_done_);
  controller.buffer(global_buffer);
  controller.links(ifmap_feeder);
  controller.links(weight_feeder);
  controller.links(psum_feeder);
  controller.links(psum_collector);
  controller.step(step_);
  controller.drain(drain_);
  controller.unfinished_step(unfinished_step_);
  controller.unfinished_visit(unfinished_visit_);
  ifmap_feeder.step_done(ifmap_done_);
  weight_feeder.step_done(weight_done_);
  psum_feeder.step_done(psum_in_done_);
  psum_collector.step_done(psum_out_done_);
  for (EdgeFeeder* feeder : {&ifmap_feeder, &weight_feeder}) {
    feeder->send(send_);
    feeder->step(step_);
    feeder->buffer_in(global_buffer);
    for (std::size_t r = 0; r < rows_; ++r) feeder->left_out(across_[r * (columns_ + 1)]);
    for (std::size_t c = 0; c < columns_; ++c) feeder->top_out(down_[c]);
  }
  psum_feeder.send(send_);
  psum_feeder.step(step_);
  psum_feeder.buffer_in(global_buffer);
  psum_collector.send(send_);
  psum_collector.step(step_);
  psum_collector.buffer_out(global_buffer);
  for (std::size_t c = 0; c < columns_; ++c) {
    psum_feeder.columns_out(psums_in_[c]);
    psum_collector.columns_in(psums_in_[c]);
  }
  for (std::size_t r = 0; r < rows_; ++r) {
    for (std::size_t c = 0; c < columns_; ++c) connect_pe(r, c);
  }
}

void SystolicChip::connect_pe(std::size_t row, std::size_t column) {
  SystolicElement& pe = pes[row * columns_ + column];
  const std::size_t left = row * (columns_ + 1) + column, above = row * columns_ + column;
  pe.work(work_);
  pe.step_done(step_done_);
  pe.left_in(across_[left]);
  pe.right_out(across_[left + 1]);
  pe.top_in(down_[above]);
  pe.down_out(down_[above + columns_]);
  pe.psum_in(psums_down_[above]);
  pe.psum_out(psums_down_[above + columns_]);
  if (row + 1 == rows_) pe.column_end(psum_collector);
  if (column == 0) {
    pe.drain_in(drain_);
  } else {
    pe.drain_in(drains_[left]);
  }
  pe.drain_out(drains_[left + 1]);
}

void SystolicChip::see_step() {
  step_done_.write(ifmap_done_.read() && weight_done_.read() && psum_in_done_.read() &&
                   psum_out_done_.read());
}

void SystolicChip::see_end() { layer_done_.write(unfinished_step_.read() == kAllSteps && drained_.read()); }

stats::LayerStats SystolicChip::run(Program& program, const LayerData& data) {
  const SystolicRoles roles = systolic_roles(program.mapping(), accelerator_).value();
  const Extents& b = program.layer().bounds;
  dram.begin_layer(data, b[Dimension::G] * b[Dimension::M] * b[Dimension::P]);
  global_buffer.begin_layer(program);
  for (auto* registers : {&across_, &down_, &psums_down_, &psums_in_}) {
    for (FlowRegister& each : *registers) each.clear();
  }
  for (SystolicElement& pe : pes) pe.begin_layer(program, roles);
  for (EdgeFeeder* feeder : {&ifmap_feeder, &weight_feeder}) feeder->begin_layer(program, roles);
  psum_feeder.begin_layer(program, roles);
  psum_collector.begin_layer(program, roles);
  controller.begin_layer(program, roles);
  layer_done_.write(false);
  clock.start();
  sc_core::sc_start();
  global_buffer.end_layer();

  stats::LayerStats stats;
  stats.cycles = clock.cycles();
  const Extents& full = program.nest().tile(Level::pe_rows);
  stats.active_pes = full[roles.rows] * full[roles.columns];
  controller.count_into(stats);
  for (const SystolicElement& pe : pes) {
    pe.count_into(stats);
    stats.pe_cycles[PeState::mac] -= pe.gated_macs();
    stats.pe_cycles[PeState::gated_mac] += pe.gated_macs();
  }
  for (const EdgeFeeder* feeder : {&ifmap_feeder, &weight_feeder}) feeder->count_into(stats);
  psum_feeder.count_into(stats);
  psum_collector.count_into(stats);
  global_buffer.count_into(stats);
  dram.count_into(stats);
  return stats;
}

void SystolicChip::trace(sc_core::sc_trace_file* file) const {
  sc_core::sc_trace(file, work_, work_.name());
  sc_core::sc_trace(file, send_, send_.name());
  for (const sc_core::sc_module* module : std::initializer_list<const sc_core::sc_module*>{
           &dram, &global_buffer, &controller, &ifmap_feeder, &weight_feeder, &psum_feeder, &psum_collector})
    module->trace(file);
  for (const SystolicElement& pe : pes) pe.trace(file);
}

}  // namespace weir::ports
