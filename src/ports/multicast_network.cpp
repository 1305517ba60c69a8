#include "ports/multicast_network.h"

#include <algorithm>
#include <unordered_map>

#include "ports/traced.h"

namespace weir::ports {

MulticastNetwork::MulticastNetwork(const sc_core::sc_module_name& name, Tensor tensor,
                                   std::int64_t words_per_cycle)
    : sc_module(name), tensor_(tensor), words_per_cycle_(words_per_cycle) {
  SC_METHOD(run_cycle);
  sensitive << send.pos();
  dont_initialize();
}

void MulticastNetwork::begin_layer(const Program& program) {
  program_ = &program;
  sequencer_.emplace(program);
  held_.assign(static_cast<std::size_t>(program.accelerator().pes()), {});
  parcels_.clear();
  parcel_ = 0;
  is_busy_ = false;
  sent_ = received_ = 0;
  cycles_ = {};
  plan_steps();
}

/// Goes on to the next step that has words to send.
void MulticastNetwork::plan_steps() {
  while (parcel_ == parcels_.size() && !sequencer_->at_end()) {
    if (sequencer_->step().number > 0) buffer_in->has_read(tensor_, step_);
    plan_step();
    sequencer_->next();
  }
}

void MulticastNetwork::plan_step() {
  step_ = sequencer_->step();
  parcels_.clear();
  parcel_ = 0;
  std::unordered_map<Address, std::size_t> parcel_of;
  const bool keeps = program_->has_register_file(tensor_);
  for (const std::int64_t pe : program_->used_pes()) {
    const auto tile = program_->tile_of(pe, step_.tile);
    if (!tile) continue;
    auto& held = held_[static_cast<std::size_t>(pe)];
    auto words = program_->words(tensor_, *tile);
    for (const Address word : words) {
      if (keeps && std::binary_search(held.begin(), held.end(), word)) continue;
      const auto [at, is_new] = parcel_of.try_emplace(word, parcels_.size());
      if (is_new) parcels_.push_back({word, {}});
      parcels_[at->second].receivers.push_back(pe);
    }
    held = std::move(words);
  }
  if (tensor_ == Tensor::ifmap) {  // windows slide along rows: what they use first goes first
    std::stable_sort(parcels_.begin(), parcels_.end(), [&](const Parcel& a, const Parcel& b) {
      return program_->column_of(a.address) < program_->column_of(b.address);
    });
  }
  std::vector<Address> words;
  for (const Parcel& parcel : parcels_) words.push_back(parcel.address);
  buffer_in->expect(tensor_, step_, std::move(words));
}

bool MulticastNetwork::barrier_is_open() const {
  if (tensor_ != Tensor::weight || parcel_ > 0) return true;
  switch (program_->accelerator().networks.weight_barrier) {
    case WeightBarrier::none:
      return true;
    case WeightBarrier::array_done:
      return array_unfinished_step.read() >= step_.number;
    case WeightBarrier::array_drained:
      return array_unfinished_step.read() >= step_.number && unwritten_visit.read() >= step_.visit;
  }
  return true;
}

bool MulticastNetwork::may_send() const {
  if (!barrier_is_open() || !buffer_in->has(tensor_, step_)) return false;
  const auto& receivers = parcels_[parcel_].receivers;
  return std::all_of(receivers.begin(), receivers.end(),
                     [&](std::int64_t pe) { return pes_out[static_cast<int>(pe)]->has_room(); });
}

void MulticastNetwork::send_word() {
  const Parcel& parcel = parcels_[parcel_];
  const Word word{parcel.address, buffer_in->read(tensor_, parcel.address)};
  for (const std::int64_t pe : parcel.receivers) pes_out[static_cast<int>(pe)]->send(word);
  ++sent_;
  received_ += static_cast<std::int64_t>(parcel.receivers.size());
  ++parcel_;
  plan_steps();
}

void MulticastNetwork::run_cycle() {
  const bool has_words = parcel_ < parcels_.size();
  std::int64_t sent = 0;
  while (sent < words_per_cycle_ && parcel_ < parcels_.size() && may_send()) {
    send_word();
    ++sent;
  }
  is_busy_ = sent > 0;
  ++(is_busy_ ? cycles_.busy : has_words ? cycles_.blocked : cycles_.idle);
}

void MulticastNetwork::count_into(stats::LayerStats& stats) const {
  const bool is_ifmap = tensor_ == Tensor::ifmap;
  stats.links[static_cast<std::size_t>(is_ifmap ? stats::Link::ifmap : stats::Link::weight)] = cycles_;
  stats.counts.add(stats::Component::network, is_ifmap ? Tensor::ifmap : Tensor::weight, stats::Action::hop,
                   received_);
}

void MulticastNetwork::trace(sc_core::sc_trace_file* file) const { record(file, *this, is_busy_, "busy"); }

}  // namespace weir::ports
