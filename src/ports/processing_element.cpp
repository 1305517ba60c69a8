#include "ports/processing_element.h"

#include <algorithm>
#include <iterator>

#include "ports/traced.h"

namespace weir::ports {
namespace {

std::vector<Address> without(const std::vector<Address>& words, const std::vector<Address>& held) {
  std::vector<Address> rest;
  std::set_difference(words.begin(), words.end(), held.begin(), held.end(), std::back_inserter(rest));
  return rest;
}

/// The n-th iteration of the loops over a tile.
Extents iteration(std::int64_t n, const Tile& tile) {
  Extents at;
  for (std::size_t i = kDimensions; i-- > 0;) {
    const Dimension d = kAllDimensions[i];
    at[d] = tile.base[d] + n % tile.extents[d];
    n /= tile.extents[d];
  }
  return at;
}

}  // namespace

using stats::Action;
using stats::Component;
using stats::PeState;

ProcessingElement::ProcessingElement(const sc_core::sc_module_name& name, std::int64_t number)
    : sc_module(name), number_(number) {
  SC_METHOD(run_cycle);
  sensitive << work.pos();
  dont_initialize();
  SC_METHOD(show_state);
  sensitive << send.pos();
  dont_initialize();
}

void ProcessingElement::begin_layer(Program& program) {
  program_ = &program;
  sequencer_.emplace(program);
  phase_ = Phase::idle;
  ifmap_rf_.clear();
  weight_rf_.clear();
  psum_rf_.clear(program.accelerator().pe.last_sum);
  ifmap_ahead_ = weights_ahead_ = gated_ = passed_on_ = 0;
  cycles_ = {};
  works_to_the_end_ = false;
  window_ = find_window(nullptr);
  next_ = window_ ? find_window(&*window_) : std::nullopt;
  unfinished_step.write(window_ ? window_->step.number : kAllSteps);
}

std::optional<ProcessingElement::Window> ProcessingElement::find_window(Window* before) {
  for (; !sequencer_->at_end(); sequencer_->next()) {
    const Step& step = sequencer_->step();
    if (step.begins_visit) visit_ = step.tile;
    const bool same_visit = before != nullptr && before->step.visit == step.visit;
    if (same_visit) before->visits_last_step = step.number;
    const auto tile = program_->tile_of(number_, step.tile);
    works_to_the_end_ = tile.has_value();
    if (!tile) continue;
    Window found;
    found.step = step;
    found.tile = *tile;
    found.visit = visit_;
    found.visits_last_step = step.number;
    found.ends_visit = true;
    found.ifmap = program_->words(Tensor::ifmap, *tile);
    found.weights = program_->words(Tensor::weight, *tile);
    const auto count_new = [&](Tensor tensor, const auto& words, const auto Window::*member) {
      const bool keeps = before != nullptr && program_->has_register_file(tensor);
      return static_cast<std::int64_t>((keeps ? without(words, before->*member) : words).size());
    };
    found.new_ifmap = count_new(Tensor::ifmap, found.ifmap, &Window::ifmap);
    found.new_weights = count_new(Tensor::weight, found.weights, &Window::weights);
    found.follows_idle_step =
        step.number > 0 && (before == nullptr || before->step.number != step.number - 1);
    if (same_visit) before->ends_visit = false;
    sequencer_->next();
    return found;
  }
  return std::nullopt;
}

void ProcessingElement::run_cycle() {
  if (!window_) return;
  receive();
  if (phase_ == Phase::window && mac_ == macs_) end_window();
  if (phase_ == Phase::accumulation && psum_ == psums_.size()) end_accumulation();
  while (window_ && phase_ == Phase::idle && operands_came()) begin_window();
  if (phase_ == Phase::psums && psums_came() && output_has_room()) begin_accumulation();
  if (phase_ == Phase::window) multiply_and_add();
  if (phase_ == Phase::accumulation) accumulate();
}

void ProcessingElement::receive() {
  for (const Word& word : ifmap_in->take()) {
    ifmap_rf_.write(word);
    ++ifmap_ahead_;
  }
  for (const Word& word : weight_in->take()) {
    weight_rf_.write(word);
    ++weights_ahead_;
  }
}

bool ProcessingElement::operands_came() const {
  return ifmap_ahead_ >= window_->new_ifmap && weights_ahead_ >= window_->new_weights;
}

void ProcessingElement::begin_window() {
  ifmap_ahead_ -= window_->new_ifmap;
  weights_ahead_ -= window_->new_weights;
  phase_ = Phase::window;
  macs_ = 1;
  for (const Dimension d : kAllDimensions) macs_ *= window_->tile.extents[d];
  go_to_mac(0);
  if (mac_ == macs_) end_window();
}

/// Goes to the first MAC from this place on that is not skipped.
void ProcessingElement::go_to_mac(std::int64_t from) {
  mac_ = from;
  while (mac_ < macs_ && program_->skips(program_->ifmap_address(iteration(mac_, window_->tile)))) ++mac_;
}

void ProcessingElement::multiply_and_add() {
  const Extents at = iteration(mac_, window_->tile);
  const std::uint32_t pixel = ifmap_rf_.read(program_->ifmap_address(at));
  const Address weight = program_->weight_address(at);
  gates_ = pixel == 0 && program_->accelerator().pe.zero_gating;
  gated_ += gates_ ? 1 : 0;
  const std::uint32_t product = pixel * (gates_ ? weight_rf_.peek(weight) : weight_rf_.read(weight));
  psum_rf_.add(program_->psum_address(at), product);
  go_to_mac(mac_ + 1);
}

/// Words that the next window does not need make room for others.
void ProcessingElement::end_window() {
  const auto free_words = [&](Tensor tensor, RegisterFile& file, const auto Window::*words,
                              sc_core::sc_port<WordReader>& link) {
    const bool keeps = next_ && program_->has_register_file(tensor);
    const auto freed = keeps ? without((*window_).*words, (*next_).*words) : (*window_).*words;
    for (const Address word : freed) file.drop(word);
    link->give_back(static_cast<std::int64_t>(freed.size()));
  };
  free_words(Tensor::ifmap, ifmap_rf_, &Window::ifmap, ifmap_in);
  free_words(Tensor::weight, weight_rf_, &Window::weights, weight_in);
  if (!window_->ends_visit) return go_on();
  phase_ = Phase::psums;
  link_ = program_->plan(window_->visit.extents).links[static_cast<std::size_t>(number_)];
  takes_psums_ =
      link_.below == kNobody && (link_.adds_to_others || !program_->is_first_visit(window_->visit) ||
                                 program_->accelerator().networks.psum_ports.reads_initial);
  psums_ = program_->words(Tensor::psum, window_->tile);
  psum_ = 0;
  unfinished_step.write(window_->visits_last_step);
}

bool ProcessingElement::psums_came() const {
  if (link_.below != kNobody) return neighbour_in->has_words(1);
  return !takes_psums_ || psum_in->has_words(1);
}

bool ProcessingElement::output_has_room() {
  const auto words = static_cast<std::int64_t>(psums_.size());
  if (link_.above == kNobody) return psum_out->has_room(words);
  return neighbour_out->port_of(link_.above).has_room(words);
}

void ProcessingElement::begin_accumulation() {
  phase_ = Phase::accumulation;
  const auto words = static_cast<std::int64_t>(psums_.size());
  if (link_.above == kNobody) {
    psum_out->begin_burst(words);
  } else {
    neighbour_out->port_of(link_.above).begin_burst(words);
  }
}

/// A psum a cycle is taken in, added to and passed on.
void ProcessingElement::accumulate() {
  Word psum{psums_[psum_], 0};
  const bool has_neighbour = link_.below != kNobody;
  if (has_neighbour || takes_psums_) {
    auto& port = has_neighbour ? neighbour_in : psum_in;
    psum.value = port->take().value;
    if (psum_ + 1 == psums_.size()) port->end_burst(static_cast<std::int64_t>(psums_.size()));
  }
  psum.value += psum_rf_.take(psum.address);
  if (link_.above == kNobody) {
    psum_out->send(psum);
  } else {
    neighbour_out->port_of(link_.above).send(psum);
    ++passed_on_;
  }
  ++psum_;
}

void ProcessingElement::end_accumulation() { go_on(); }

void ProcessingElement::go_on() {
  phase_ = Phase::idle;
  window_ = std::move(next_);
  next_ = window_ ? find_window(&*window_) : std::nullopt;
  unfinished_step.write(window_ ? window_->step.number : kAllSteps);
}

PeState ProcessingElement::state() const {
  if (!window_) return works_to_the_end_ ? PeState::fill_drain : PeState::unmapped;
  switch (phase_) {
    case Phase::window:
      return gates_ ? PeState::gated_mac : PeState::mac;
    case Phase::accumulation:
      return PeState::psum_accumulate;
    case Phase::psums:
      return psums_came() ? PeState::wait_output_space : PeState::wait_psum;
    case Phase::idle:
      break;
  }
  if (window_->follows_idle_step && array_unfinished_step.read() < window_->step.number)
    return PeState::unmapped;
  return weights_ahead_ < window_->new_weights ? PeState::wait_weight : PeState::wait_ifmap;
}

void ProcessingElement::show_state() {
  const PeState now = state();
  ++cycles_[now];
  shown_state_ = static_cast<int>(now);
}

void ProcessingElement::count_into(stats::LayerStats& stats) const {
  for (std::size_t i = 0; i < stats::kPeStates; ++i) stats.pe_cycles.values[i] += cycles_.values[i];
  const std::int64_t macs = ifmap_rf_.reads();
  stats.macs += macs;
  stats::Counts& counts = stats.counts;
  counts.add(Component::mac, Tensor::psum, Action::mac, macs - gated_);
  counts.add(Component::mac, Tensor::psum, Action::gated_mac, gated_);
  counts.add(Component::neighbour, Tensor::psum, Action::hop, passed_on_);
  const auto count = [&](Tensor data, std::int64_t reads, std::int64_t writes) {
    counts.add(Component::register_file, data, Action::read, reads);
    counts.add(Component::register_file, data, Action::write, writes);
  };
  if (program_->has_register_file(Tensor::ifmap)) count(Tensor::ifmap, ifmap_rf_.reads(), ifmap_rf_.writes());
  if (program_->has_register_file(Tensor::weight))
    count(Tensor::weight, weight_rf_.reads(), weight_rf_.writes());
  if (program_->has_register_file(Tensor::psum)) count(Tensor::psum, psum_rf_.reads(), psum_rf_.writes());
}

void ProcessingElement::trace(sc_core::sc_trace_file* file) const {
  record(file, *this, shown_state_, "state");
  record(file, *this, ifmap_rf_.occupancy(), "ifmap_words");
  record(file, *this, weight_rf_.occupancy(), "weight_words");
  record(file, *this, psum_rf_.occupancy(), "psum_words");
}

}  // namespace weir::ports
