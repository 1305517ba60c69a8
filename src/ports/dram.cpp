#include "ports/dram.h"

#include <algorithm>

#include "ports/traced.h"

namespace weir::ports {

using stats::Action;
using stats::Component;

Dram::Dram(const sc_core::sc_module_name& name, const DramSpec& spec) : sc_module(name), spec_(spec) {
  SC_METHOD(run_cycle);
  sensitive << send.pos() << requested_;
  dont_initialize();
  SC_METHOD(hand_over);
  sensitive << ended_;
  dont_initialize();
}

void Dram::begin_layer(const LayerData& data, std::int64_t outputs) {
  data_ = &data;
  outputs_.assign(static_cast<std::size_t>(outputs), 0);
  queue_.clear();
  last_cycle_ = sc_core::SC_ZERO_TIME;
  is_busy_ = false;
  elapsed_ = moved_ = busy_cycles_ = words_past_ = 0;
  counts_ = {};
}

void Dram::request(Transfer transfer) {
  queue_.push_back(std::move(transfer));
  requested_.notify(sc_core::SC_ZERO_TIME);
}

std::uint32_t Dram::value(Tensor tensor, Address address) const {
  const auto at = static_cast<std::size_t>(address);
  if (tensor == Tensor::psum) return outputs_.at(at);
  const auto word = tensor == Tensor::ifmap ? data_->ifmap.at(at) : data_->weights.at(at);
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(word));
}

void Dram::move(Transfer::Item& item, bool drains) {
  counts_.add(Component::dram, item.tensor, drains ? Action::write : Action::read, 1);
  if (drains) {
    outputs_.at(static_cast<std::size_t>(item.word.address)) = item.word.value;
  } else {
    item.word.value = value(item.tensor, item.word.address);
  }
}

/// Once a cycle; besides when a request comes, which a link that is free begins in the same cycle.
void Dram::run_cycle() {
  if (sc_core::sc_time_stamp() == last_cycle_) return;
  is_busy_ = !queue_.empty();
  if (!is_busy_) return;
  last_cycle_ = sc_core::sc_time_stamp();
  Transfer& transfer = queue_.front();
  const auto words = static_cast<std::int64_t>(transfer.items.size());
  const std::int64_t sending = ++elapsed_ - spec_.latency_cycles;
  if (sending > 0) {
    ++busy_cycles_;
    for (; moved_ < std::min(words, sending * spec_.words_per_kilocycle / 1000); ++moved_)
      move(transfer.items[static_cast<std::size_t>(moved_)], transfer.kind == Transfer::Kind::drain);
  }
  if (moved_ == words) ended_.notify(sc_core::SC_ZERO_TIME);
}

void Dram::hand_over() {
  const Transfer transfer = std::move(queue_.front());
  queue_.pop_front();
  elapsed_ = moved_ = 0;
  client->end_transfer(transfer);
}

void Dram::transfer_hidden(Transfer& transfer) {
  busy_cycles_ += spec_.transfer_cycles(static_cast<std::int64_t>(transfer.items.size()));
  for (auto& item : transfer.items) move(item, transfer.kind == Transfer::Kind::drain);
}

std::uint32_t Dram::read_past_buffer(Tensor tensor, Address address) {
  ++words_past_;
  counts_.add(Component::dram, tensor, Action::read, 1);
  return value(tensor, address);
}

void Dram::count_into(stats::LayerStats& stats) const {
  stats.counts += counts_;
  auto& link = stats.links[static_cast<std::size_t>(stats::Link::dram)];
  link.busy = busy_cycles_ + spec_.transfer_cycles(words_past_);
  link.idle = std::max<std::int64_t>(0, stats.cycles - link.busy);
}

void Dram::trace(sc_core::sc_trace_file* file) const { record(file, *this, is_busy_, "busy"); }

}  // namespace weir::ports
