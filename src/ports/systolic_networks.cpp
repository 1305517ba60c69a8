#include "ports/systolic_networks.h"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "ports/traced.h"

namespace weir::ports {
namespace {

using stats::Action;
using stats::Component;

void drop_ended(std::deque<Fold>& folds, std::int64_t now) {
  while (!folds.empty() && folds.front().end() <= now) folds.pop_front();
}

std::int64_t words_of_layer(const Program& program, const SystolicRoles& roles,
                            const std::function<std::int64_t(const Fold&)>& words) {
  std::int64_t sum = 0;
  for (FoldSequencer folds(program, roles); !folds.at_end(); folds.next()) sum += words(folds.fold());
  return sum;
}

}  // namespace

void StepLink::begin_layer(std::int64_t words) {
  left_ = words;
  step_words_ = left_in_step_ = sent_ = 0;
  is_busy_ = false;
  cycles_ = {};
}

std::int64_t StepLink::run_cycle() {
  const std::int64_t words = std::min(words_per_cycle_, left_in_step_);
  is_busy_ = words > 0;
  ++(is_busy_ ? cycles_.busy : left_ > 0 ? cycles_.blocked : cycles_.idle);
  left_ -= words;
  left_in_step_ -= words;
  sent_ += words;
  return words;
}

EdgeFeeder::EdgeFeeder(const sc_core::sc_module_name& name, Tensor tensor, std::int64_t words_per_cycle)
    : sc_module(name), tensor_(tensor), link_(words_per_cycle) {
  SC_METHOD(run_cycle);
  sensitive << send.pos();
  dont_initialize();
}

void EdgeFeeder::begin_layer(const Program& program, const SystolicRoles& roles) {
  program_ = &program;
  feeds_left_ = FoldSequencer(program, roles).fold().enters_on_the_left(tensor_);
  link_.begin_layer(words_of_layer(program, roles, [&](const Fold& fold) { return fold.words(tensor_); }));
  folds_.clear();
  entries_.clear();
  planned_ = -1;
}

void EdgeFeeder::plan_step() {
  auto& edges = feeds_left_ ? left_out : top_out;
  for (const Entry& entry : entries_) edges[static_cast<int>(entry.edge)]->write({});
  planned_ = step.read();
  entries_.clear();
  entry_ = 0;
  drop_ended(folds_, planned_);
  for (const Fold& fold : folds_) {
    for (const auto& [edge, row, number, at] : fold.entering(tensor_, planned_)) {
      const bool is_ifmap = tensor_ == Tensor::ifmap;
      const Address address = is_ifmap ? program_->ifmap_address(at) : program_->weight_address(at);
      entries_.push_back({edge, {true, {address, 0}, row, number == 0, number + 1 == fold.length}});
    }
  }
  link_.begin_step(static_cast<std::int64_t>(entries_.size()));
}

void EdgeFeeder::run_cycle() {
  if (step.read() != planned_) plan_step();
  auto& edges = feeds_left_ ? left_out : top_out;
  for (std::int64_t words = link_.run_cycle(); words > 0; --words, ++entry_) {
    auto& [edge, flow] = entries_[entry_];
    flow.word.value = buffer_in->read(tensor_, flow.word.address);
    edges[static_cast<int>(edge)]->write(flow);
  }
  step_done.write(link_.step_done());
}

void EdgeFeeder::count_into(stats::LayerStats& stats) const {
  const bool is_ifmap = tensor_ == Tensor::ifmap;
  stats.links[static_cast<std::size_t>(is_ifmap ? stats::Link::ifmap : stats::Link::weight)] = link_.cycles();
  stats.counts.add(Component::network, static_cast<Tensor>(tensor_), Action::hop, link_.sent());
}

void EdgeFeeder::trace(sc_core::sc_trace_file* file) const { record(file, *this, link_.is_busy(), "busy"); }

BottomFeeder::BottomFeeder(const sc_core::sc_module_name& name, std::int64_t words_per_cycle)
    : sc_module(name), link_(words_per_cycle) {
  SC_METHOD(run_cycle);
  sensitive << send.pos();
  dont_initialize();
}

void BottomFeeder::begin_layer(const Program& program, const SystolicRoles& roles) {
  program_ = &program;
  link_.begin_layer(words_of_layer(
      program, roles, [](const Fold& fold) { return fold.reads_psums ? fold.words(Tensor::psum) : 0; }));
  folds_.clear();
  entries_.clear();
  planned_ = -1;
}

void BottomFeeder::plan_step() {
  for (const auto& [column, at] : entries_) columns_out[static_cast<int>(column)]->write({});
  planned_ = step.read();
  entries_.clear();
  entry_ = 0;
  drop_ended(folds_, planned_);
  for (const Fold& fold : folds_) {
    if (!fold.reads_psums) continue;
    for (const auto& leaving : fold.leaving(planned_)) entries_.push_back(leaving);
  }
  link_.begin_step(static_cast<std::int64_t>(entries_.size()));
}

void BottomFeeder::run_cycle() {
  if (step.read() != planned_) plan_step();
  for (std::int64_t words = link_.run_cycle(); words > 0; --words, ++entry_) {
    const auto& [column, at] = entries_[entry_];
    const Address address = program_->psum_address(at);
    columns_out[static_cast<int>(column)]->write({true, {address, buffer_in->read_psum(address)}});
  }
  step_done.write(link_.step_done());
}

void BottomFeeder::count_into(stats::LayerStats& stats) const {
  stats.links[static_cast<std::size_t>(stats::Link::psum_in)] = link_.cycles();
  stats.counts.add(Component::network, Tensor::psum, Action::hop, link_.sent());
}

void BottomFeeder::trace(sc_core::sc_trace_file* file) const { record(file, *this, link_.is_busy(), "busy"); }

BottomCollector::BottomCollector(const sc_core::sc_module_name& name, std::int64_t words_per_cycle)
    : sc_module(name), link_(words_per_cycle) {
  SC_METHOD(run_cycle);
  sensitive << send.pos();
  dont_initialize();
}

void BottomCollector::begin_layer(const Program& program, const SystolicRoles& roles) {
  program_ = &program;
  link_.begin_layer(
      words_of_layer(program, roles, [](const Fold& fold) { return fold.words(Tensor::psum); }));
  folds_.clear();
  planned_ = -1;
  expected_.assign(static_cast<std::size_t>(program.accelerator().columns), std::nullopt);
}

void BottomCollector::plan_step() {
  if (std::any_of(expected_.begin(), expected_.end(), [](const auto& e) { return e.has_value(); }))
    throw std::logic_error("an output did not leave the array in its step");
  planned_ = step.read();
  drop_ended(folds_, planned_);
  std::int64_t words = 0;
  for (const Fold& fold : folds_) {
    for (const auto& [column, at] : fold.leaving(planned_)) {
      expected_[static_cast<std::size_t>(column)] = {program_->psum_address(at), fold.reads_psums,
                                                     fold.finishes_psums};
      ++words;
    }
  }
  link_.begin_step(words);
}

void BottomCollector::run_cycle() {
  if (step.read() != planned_) plan_step();
  link_.run_cycle();
  step_done.write(link_.step_done());
}

/// At the end of the step in which the link had time for the word.
void BottomCollector::leave(std::int64_t column, const Word& psum) {
  auto& expected = expected_[static_cast<std::size_t>(column)];
  if (!expected || expected->address != psum.address)
    throw std::logic_error("an output leaves the array that was not expected");
  Word sum = psum;
  if (expected->adds) sum.value += columns_in[static_cast<int>(column)]->read().word.value;
  buffer_out->write_psum(sum, expected->is_finished);
  expected.reset();
}

void BottomCollector::count_into(stats::LayerStats& stats) const {
  stats.links[static_cast<std::size_t>(stats::Link::psum_out)] = link_.cycles();
  stats.counts.add(Component::network, Tensor::psum, Action::hop, link_.sent());
}

void BottomCollector::trace(sc_core::sc_trace_file* file) const {
  record(file, *this, link_.is_busy(), "busy");
}

}  // namespace weir::ports
