#include "reference/processing_element.h"

#include <stdexcept>

namespace weir::reference {

ProcessingElement::ProcessingElement(const LayerShape& shape, const MachineSpec& machine, Result& result)
    : ifmap(machine.ifmap_rf_words + machine.input_fifo_words, !machine.streams_ifmap),
      weights(machine.weight_rf_words + machine.input_fifo_words, !machine.streams_weights),
      psum_in(machine.psum_port_words),
      neighbour(machine.psum_port_words),
      psum_out(machine.psum_port_words),
      shape_(shape),
      machine_(machine),
      result_(result) {}

void ProcessingElement::add_window(std::int64_t step, const std::vector<Mac>& macs) {
  tasks_.push_back({Kind::kWindow, step, static_cast<std::int64_t>(macs.size()), macs});
}

void ProcessingElement::add_accumulation(std::int64_t visit, std::int64_t last_step, const Words& psums,
                                         PsumPort* source, PsumPort* target, bool to_neighbour) {
  const auto words = static_cast<std::int64_t>(psums.size());
  if (words > machine_.psum_rf_words && !machine_.streams_psums)
    throw std::invalid_argument("psums exceed the register file");
  tasks_.push_back({Kind::kAccumulation,
                    last_step,
                    words,
                    {},
                    visit,
                    {psums.begin(), psums.end()},
                    source,
                    target,
                    to_neighbour});
}

// Condition 2 of section 4, for the bottom and the others alike: a word that was sent, or passed on, in the
// cycle before is the first of the burst.
bool ProcessingElement::has_input(const Task& task) const {
  return task.source == nullptr || task.source->waiting(task.visit) > 0;
}

void ProcessingElement::settle() {
  while (!working_ && !finished()) {
    const Task& task = tasks_[next_];
    if (task.kind != Kind::kWindow || task.cycles > 0) return;
    if (!ifmap.complete(task.step) || !weights.complete(task.step)) return;
    for (OperandStore* store : {&ifmap, &weights}) {
      store->begin_step(task.step);
      store->end_step(task.step);
    }
    ++next_;
  }
}

void ProcessingElement::decide() {
  if (working_ || finished()) return;
  const Task& task = tasks_[next_];
  if (task.kind == Kind::kWindow) {
    if (!ifmap.complete(task.step) || !weights.complete(task.step)) return;
    ifmap.begin_step(task.step);
    weights.begin_step(task.step);
  } else {
    if (!has_input(task) || !task.target->has_room_for(task.visit)) return;
    task.target->reserve(task.visit);
  }
  working_ = true;
  elapsed_ = 0;
}

void ProcessingElement::advance() {
  if (!working_) return;
  const Task& task = tasks_[next_];
  if (task.kind == Kind::kWindow) {
    do_mac(task.macs[static_cast<std::size_t>(elapsed_)]);
  } else {
    do_accumulate(task);
  }
  if (++elapsed_ < task.cycles) return;
  if (task.kind == Kind::kWindow) {
    ifmap.end_step(task.step);
    weights.end_step(task.step);
  } else if (task.source != nullptr) {
    task.source->release(task.visit);
  }
  working_ = false;
  ++next_;
}

bool ProcessingElement::is_gated(const Mac& mac) const {
  return machine_.zero_gating && ifmap.read(ifmap_word(shape_, mac)) == 0;
}

void ProcessingElement::do_mac(const Mac& mac) {
  const Word psum = psum_word(mac);
  ++result_.register_file.ifmap.reads;
  std::uint32_t sum = 0;
  if (psum_register_file_.count(psum) > 0) {
    sum = psum_register_file_.at(psum);
    ++result_.register_file.psum.reads;
  }
  if (is_gated(mac)) {
    ++result_.gated_macs;
  } else {
    ++result_.register_file.weight.reads;
    ++result_.macs;
    const std::int32_t product = ifmap.read(ifmap_word(shape_, mac)) * weights.read(weight_word(mac));
    sum += static_cast<std::uint32_t>(product);
  }
  psum_register_file_[psum] = sum;
  ++result_.register_file.psum.writes;
}

void ProcessingElement::do_accumulate(const Task& task) {
  const Word& psum = task.psums[static_cast<std::size_t>(elapsed_)];
  const std::uint32_t incoming = task.source == nullptr ? 0 : task.source->pop(task.visit);
  // Nothing was added to this one, if all its MACs are skipped.
  const bool has_sum = psum_register_file_.count(psum) > 0;
  if (machine_.pe_last_sum_direct) {
    --result_.register_file.psum.writes;  // the last MAC's sum has not been stored
  } else if (has_sum) {
    ++result_.register_file.psum.reads;
  }
  if (!has_sum && !machine_.skips_padding) throw std::logic_error("a psum has no sum");
  task.target->push(task.visit, incoming + (has_sum ? psum_register_file_.at(psum) : 0));
  psum_register_file_.erase(psum);
  if (task.to_neighbour) ++result_.neighbour_hops.psum;
}

bool ProcessingElement::finished_before(std::int64_t step) const {
  return finished() || current_step() >= step;
}

bool ProcessingElement::waits_for_window() const {
  return !working_ && !finished() && tasks_[next_].kind == Kind::kWindow;
}

PeState ProcessingElement::state(bool active_before, bool array_finished) const {
  if (finished()) return active_before ? PeState::kFillDrain : PeState::kUnmapped;
  const Task& task = tasks_[next_];
  if (task.kind == Kind::kWindow) {
    if (working_) {
      return is_gated(task.macs[static_cast<std::size_t>(elapsed_)]) ? PeState::kGatedMac : PeState::kMac;
    }
    if (!active_before && !array_finished) return PeState::kUnmapped;
    return weights.complete(task.step) ? PeState::kWaitIfmap : PeState::kWaitWeight;
  }
  if (working_) return PeState::kPsumAccumulate;
  return has_input(task) ? PeState::kWaitOutputSpace : PeState::kWaitPsum;
}

}  // namespace weir::reference
