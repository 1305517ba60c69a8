#include "ports/vector_path.h"

#include <algorithm>

#include "ports/traced.h"

namespace weir::ports {

using stats::Action;
using stats::Component;

VectorPath::VectorPath(const sc_core::sc_module_name& name, const Accelerator& accelerator)
    : sc_module(name),
      clock("clock", sc_core::sc_time(500 / accelerator.clock_mhz, sc_core::SC_NS) * 2),
      accelerator_(accelerator) {
  clock.work(work_);
  clock.send(send_);
  clock.layer_done(layer_done_);
  SC_METHOD(run_cycle);
  sensitive << send_.posedge_event();
  dont_initialize();
}

stats::LayerStats VectorPath::run(const Layer& layer, const LayerData& data, Overlap overlap) {
  layer_ = &layer;
  data_ = &data;
  overlap_ = overlap;
  const VectorWork& vector_work = layer.vector_work;
  words_.reset();
  unit_.reset();
  finished_.clear();
  outputs_.clear();
  if (layer.has_values()) {
    words_.emplace(vector_work.values);
    unit_ = make_operator(vector_work.values, *this);
    outputs_.assign(static_cast<std::size_t>(vector_work.words_out), 0);
  }
  in_ = {vector_work.words_in};
  out_ = {vector_work.words_out};
  operations_done_ = operating_cycles_ = 0;
  layer_done_.write(in_.is_done() && out_.is_done() && has_operated());
  clock.start();
  sc_core::sc_start();
  return statistics();
}

void VectorPath::run_cycle() {
  link_is_busy_ = unit_is_busy_ = false;
  if (overlap_ == Overlap::processing) {
    stream();
  } else {
    take_turns();
  }
  layer_done_.write(in_.is_done() && out_.is_done() && has_operated());
}

/// The link and the unit work at the same time.
void VectorPath::stream() {
  link_is_busy_ = move_words(in_) || move_words(out_);
  operate();
}

/// Nothing is processed while words are loaded or drained, each behind the latency of its transfer.
void VectorPath::take_turns() {
  const auto transfer = [&](Direction& direction) {
    if (direction.waited < accelerator_.dram.latency_cycles) {
      ++direction.waited;
    } else {
      link_is_busy_ = move_words(direction);
    }
  };
  if (!in_.is_done()) return transfer(in_);
  if (!has_operated()) return operate();
  transfer(out_);
}

/// At the link's rate; false when there is none left.
bool VectorPath::move_words(Direction& direction) {
  if (direction.is_done()) return false;
  ++direction.cycles;
  const std::int64_t most =
      std::min(direction.words, direction.cycles * accelerator_.dram.words_per_kilocycle / 1000);
  for (; direction.moved < most; ++direction.moved) {
    if (!unit_) continue;
    if (&direction == &in_) {
      unit_->take(data_->ifmap.at(static_cast<std::size_t>(words_->next())));
    } else {
      const Output output = finished_.front();
      finished_.pop_front();
      outputs_.at(static_cast<std::size_t>(output.place)) = output.word;
    }
  }
  return true;
}

void VectorPath::operate() {
  if (has_operated()) return;
  unit_is_busy_ = true;
  ++operating_cycles_;
  operations_done_ += accelerator_.vector_operations_per_cycle;
}

stats::LayerStats VectorPath::statistics() const {
  stats::LayerStats stats;
  stats.cycles = clock.cycles();
  stats.vector_operations = layer_->vector_work.operations;
  stats.vector_cycles = operating_cycles_;
  stats.pe_cycles[stats::PeState::unmapped] = stats.cycles * accelerator_.pes();
  for (auto& link : stats.links) link.idle = stats.cycles;
  auto& link = stats.links[static_cast<std::size_t>(stats::Link::dram)];
  link.busy = in_.cycles + out_.cycles;
  link.idle = stats.cycles - link.busy;
  const auto count = [&](Component c, Tensor d, Action a, std::int64_t words) {
    stats.counts.add(c, d, a, words);
  };
  count(Component::dram, Tensor::ifmap, Action::read, in_.moved);
  count(Component::global_buffer, Tensor::ifmap, Action::write, in_.moved);
  count(Component::global_buffer, Tensor::ifmap, Action::read, in_.moved);
  count(Component::global_buffer, Tensor::psum, Action::write, out_.moved);
  count(Component::global_buffer, Tensor::psum, Action::read, out_.moved);
  count(Component::dram, Tensor::psum, Action::write, out_.moved);
  return stats;
}

void VectorPath::trace(sc_core::sc_trace_file* file) const {
  record(file, *this, link_is_busy_, "dram_busy");
  record(file, *this, unit_is_busy_, "unit_busy");
}

}  // namespace weir::ports
