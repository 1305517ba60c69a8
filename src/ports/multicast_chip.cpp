#include "ports/multicast_chip.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "ports/traced.h"

namespace weir::ports {

MulticastChip::MulticastChip(const sc_core::sc_module_name& name, const Accelerator& accelerator)
    : sc_module(name),
      clock("clock", sc_core::sc_time(500 / accelerator.clock_mhz, sc_core::SC_NS) * 2),
      dram("dram", accelerator.dram),
      global_buffer("global_buffer", accelerator.global_buffer),
      ifmap_network("ifmap_network", Tensor::ifmap, accelerator.networks.ifmap.words_per_cycle),
      weight_network("weight_network", Tensor::weight, accelerator.networks.weight.words_per_cycle),
      psum_in_network("psum_in_network", accelerator.networks.psum_in.words_per_cycle),
      psum_out_network("psum_out_network", accelerator.networks.psum_out.words_per_cycle),
      neighbour_network("neighbour_network", accelerator.pes()),
      accelerator_(accelerator),
      unfinished_steps_("unfinished_steps", static_cast<std::size_t>(accelerator.pes())),
      ifmap_links_("ifmap_link", static_cast<std::size_t>(accelerator.pes())),
      weight_links_("weight_link", static_cast<std::size_t>(accelerator.pes())),
      psum_in_ports_("psum_in_port", static_cast<std::size_t>(accelerator.pes())),
      psum_out_ports_("psum_out_port", static_cast<std::size_t>(accelerator.pes())) {
  std::int64_t number = 0;
  pes.init(static_cast<std::size_t>(accelerator.pes()), [&](const char*, std::size_t) {
    const auto pe_name = fmt::format("pe_{}_{}", number / accelerator.columns, number % accelerator.columns);
    return new ProcessingElement(pe_name.c_str(), number++);
  });
  connect();
  SC_METHOD(find_unfinished_step);
  for (auto& each : unfinished_steps_) sensitive << each;
  SC_METHOD(see_end);
  sensitive << unfinished_step_ << unwritten_visit_ << drained_;
}

void MulticastChip::connect() {
  clock.work(work_);
  clock.send(send_);
  clock.layer_done(layer_done_);
  dram.send(send_);
  dram.client(global_buffer);
  global_buffer.send(send_);
  global_buffer.dram(dram);
  global_buffer.drained(drained_);
  global_buffer.array_unfinished_step(unfinished_step_);
  global_buffer.unwritten_visit(unwritten_visit_);
  for (MulticastNetwork* network : {&ifmap_network, &weight_network}) {
    network->send(send_);
    network->buffer_in(global_buffer);
    network->array_unfinished_step(unfinished_step_);
    network->unwritten_visit(unwritten_visit_);
  }
  psum_in_network.send(send_);
  psum_in_network.buffer_in(global_buffer);
  psum_in_network.unwritten_burst(unwritten_burst_);
  psum_out_network.send(send_);
  psum_out_network.buffer_out(global_buffer);
  psum_out_network.unwritten_burst(unwritten_burst_);
  psum_out_network.unwritten_visit(unwritten_visit_);
  for (std::size_t i = 0; i < pes.size(); ++i) {
    ProcessingElement& pe = pes[i];
    pe.work(work_);
    pe.send(send_);
    ifmap_network.pes_out(ifmap_links_[i]);
    pe.ifmap_in(ifmap_links_[i]);
    weight_network.pes_out(weight_links_[i]);
    pe.weight_in(weight_links_[i]);
    psum_in_network.pes_out(psum_in_ports_[i]);
    pe.psum_in(psum_in_ports_[i]);
    pe.neighbour_in(neighbour_network.ports[i]);
    pe.neighbour_out(neighbour_network);
    pe.psum_out(psum_out_ports_[i]);
    psum_out_network.pes_in(psum_out_ports_[i]);
    pe.unfinished_step(unfinished_steps_[i]);
    pe.array_unfinished_step(unfinished_step_);
  }
}

void MulticastChip::find_unfinished_step() {
  std::int64_t first = kAllSteps;
  for (const auto& each : unfinished_steps_) first = std::min(first, each.read());
  unfinished_step_.write(first);
}

void MulticastChip::see_end() {
  layer_done_.write(unfinished_step_.read() == kAllSteps && unwritten_visit_.read() == kAllSteps &&
                    drained_.read());
}

stats::LayerStats MulticastChip::run(Program& program, const LayerData& data) {
  const Extents& b = program.layer().bounds;
  using enum Dimension;
  dram.begin_layer(data, b[G] * b[N] * b[M] * b[P] * b[Q]);
  const sc_core::sc_time cycle = sc_core::sc_time(500 / accelerator_.clock_mhz, sc_core::SC_NS) * 2;
  for (std::size_t i = 0; i < pes.size(); ++i) {
    ifmap_links_[i].begin_layer(program.operand_room(Tensor::ifmap));
    weight_links_[i].begin_layer(program.operand_room(Tensor::weight));
    for (PsumPort* port : {&psum_in_ports_[i], &psum_out_ports_[i], &neighbour_network.ports[i]})
      port->begin_layer(accelerator_.networks.psum_ports.words, cycle);
    pes[i].begin_layer(program);
  }
  global_buffer.begin_layer(program);
  for (MulticastNetwork* network : {&ifmap_network, &weight_network}) network->begin_layer(program);
  psum_in_network.begin_layer(program);
  psum_out_network.begin_layer(program);
  layer_done_.write(false);
  clock.start();
  sc_core::sc_start();
  global_buffer.end_layer();

  stats::LayerStats stats;
  stats.cycles = clock.cycles();
  const auto& links = program.plan(program.nest().tile(Level::pe_rows)).links;
  stats.active_pes = std::count_if(links.begin(), links.end(), [](const ChainLink& l) { return l.active; });
  for (const auto& pe : pes) pe.count_into(stats);
  for (const MulticastNetwork* network : {&ifmap_network, &weight_network}) network->count_into(stats);
  psum_in_network.count_into(stats);
  psum_out_network.count_into(stats);
  global_buffer.count_into(stats);
  dram.count_into(stats);
  return stats;
}

void MulticastChip::trace(sc_core::sc_trace_file* file) const {
  sc_core::sc_trace(file, work_, work_.name());
  sc_core::sc_trace(file, send_, send_.name());
  for (const sc_core::sc_module* module : std::initializer_list<const sc_core::sc_module*>{
           &dram, &global_buffer, &ifmap_network, &weight_network, &psum_in_network, &psum_out_network})
    module->trace(file);
  for (std::size_t i = 0; i < pes.size(); ++i) {
    pes[i].trace(file);
    for (const PsumPort* port : {&psum_in_ports_[i], &psum_out_ports_[i], &neighbour_network.ports[i]})
      record(file, *port, port->occupancy(), "words");
  }
}

}  // namespace weir::ports
