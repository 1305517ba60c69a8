// Boxes of steps whose outcome is known: the array's state as words, and how to jump (docs/timing-model.md
// section 11).
#include <algorithm>
#include <limits>

#include "mapping/capacity.h"
#include "timing/array.h"

namespace weir::timing {
namespace {

using enum Dimension;

constexpr std::int64_t kLeastSteps = 16;  // a state costs as much as a few steps
constexpr Cycle kNever = std::numeric_limits<Cycle>::min() / 2;

std::int64_t word_of(const ArrayShape* shape) { return reinterpret_cast<std::intptr_t>(shape); }
const ArrayShape* shape_of(std::int64_t word) { return reinterpret_cast<const ArrayShape*>(word); }

}  // namespace

void Array::run_box(std::size_t n) {
  const std::int64_t steps = cursor_->steps(n);
  if (!replays_ || steps == 1 || steps * step_weight_ < kLeastSteps) {
    for (std::int64_t i = 0; i < steps; ++i) run_step();
    return;
  }
  if (cursor_->extents(n) == cursor_->extents(n + 1)) return run_box(n + 1);
  if (!replay_->may_know(n)) return run_inside(n);

  const Extents base = cursor_->tile().base;
  const ArrayShape& shape = shapes_->at(cursor_->tile().extents);
  // The first tile is the largest of its box, and a visit that goes on began with one as large.
  const ArrayShape& involved = visit_shape_ != nullptr ? *visit_shape_ : shape;
  const End end = end_of(n);
  const Uses used = uses(n, shape, end != End::within_visit);
  const Cycle zero = array_done_;
  Replay::State entry{static_cast<std::int64_t>(n), static_cast<std::int64_t>(end),
                      psum_path_.reads_buffer(base) ? 1 : 0};
  const Extents extents = cursor_->extents(n);
  entry.insert(entry.end(), extents.values.begin(), extents.values.end());
  if (own_macs_) save_padding(n, entry);
  save(involved, used, base, zero, entry);
  if (used.psums_in && !psum_path_.save_written(0, base, zero, entry)) return run_inside(n);
  if (const auto* known = replay_->find(n, entry)) {
    ++replay_->boxes_replayed;
    replay_->steps_replayed += steps;
    more_ = cursor_->skip(n);
    last_step_ = cursor_->number() - 1;
    return load(involved, used, base, zero, *known);
  }

  const Totals before = totals();
  const std::int64_t bursts = psum_path_.bursts_out();
  run_inside(n);
  Replay::Outcome outcome{{}, totals() - before};
  save(involved, used, base, zero, outcome.exit);
  const auto& [cycle, words] = weights_.last();
  outcome.exit.insert(outcome.exit.end(), {cycle - zero, words});
  if (used.psums && !psum_path_.save_written(used.psums_in ? 0 : bursts, base, zero, outcome.exit)) return;
  replay_->add(entry, std::move(outcome));
}

void Array::run_inside(std::size_t n) {
  do {
    run_box(n + 1);
  } while (more_ && cursor_->entered() > n);
}

Array::End Array::end_of(std::size_t n) const {
  StepCursor behind = *cursor_;
  if (!behind.skip(n)) return End::of_layer;
  return same_visit(cursor_->tile().base, behind.tile().base, spec_.pe) ? End::within_visit : End::of_visit;
}

Array::Uses Array::uses(std::size_t n, const ArrayShape& shape, bool ends_visit) const {
  const auto stays = [&](auto matters) {
    return std::all_of(kAllDimensions.begin(), kAllDimensions.end(),
                       [&](Dimension d) { return !matters(d) || cursor_->places(n, d) == 1; });
  };
  const auto sends = [&](Tensor tensor, const DeliveryPlanner& planner) {
    return !stays([&](Dimension d) { return touches(d, tensor); }) ||
           !planner.holds(cursor_->tile().base, shape);
  };
  Uses used{};
  used.ifmap = sends(Tensor::ifmap, *ifmap_planner_);
  used.weights = sends(Tensor::weight, *weight_planner_);
  used.psums = ends_visit || !stays([](Dimension d) { return !is_reduction(d); });
  const bool chains_follow =
      std::any_of(shape.chains.begin(), shape.chains.end(), [](const Chain& c) { return !c.first; });
  used.psums_in = used.psums && (chains_follow || (visit_shape_ != nullptr && visit_from_buffer_) ||
                                 psum_path_.reads_buffer(cursor_->tile().base) || !stays(is_reduction));
  return used;
}

void Array::save_padding(std::size_t n, Replay::State& state) const {
  const Tile box{cursor_->tile().base, cursor_->extents(n)};
  const auto put = [&](const OwnPairs& pairs, Dimension output, Dimension tap) {
    const bool none = pairs.are_all(box);
    state.push_back(none ? -1 : box.base[output]);
    state.push_back(none ? -1 : box.base[tap]);
  };
  put(own_macs_->vertical, P, R);
  put(own_macs_->horizontal, Q, S);
}

void Array::save(const ArrayShape& involved, const Uses& used, const Extents& base, Cycle zero,
                 Replay::State& state) const {
  const auto put = [&](std::int64_t word) { state.push_back(word); };
  put(word_of(last_shape_));
  put(word_of(visit_shape_));
  put(visit_shape_ != nullptr && visit_from_buffer_ ? 1 : 0);
  put(array_done_ - zero);

  // No weight is sent before the barrier, no word before the one in front of it.
  const bool has_barrier = spec_.networks.weight_barrier != WeightBarrier::none;
  const Cycle gate = has_barrier ? array_done_ : kNever;
  const auto put_last = [&](const MulticastLink& link, Cycle from) {
    const bool is_past = link.last().cycle < from;
    put((is_past ? from - 1 : link.last().cycle) - zero);
    put(is_past ? link.words_per_cycle() : link.last().words);
  };
  if (used.ifmap) put_last(ifmap_, kNever);
  if (used.weights) put_last(weights_, gate);
  const PsumLink& in = psum_path_.in;
  const PsumLink& out = psum_path_.out;
  if (used.psums_in) put(in.free_at - zero);
  if (used.psums)
    put(out.free_at - zero);
  else if (used.weights && spec_.networks.weight_barrier == WeightBarrier::array_drained)
    put(std::max(out.free_at, array_done_) - zero);

  for (const ActivePe& active : involved.active) {
    const PeTimes& self = pe(active.pe);
    const auto& ifmap_port = ifmap_.port(active.pe);
    const auto& weight_port = weights_.port(active.pe);
    put(self.free_at - zero);
    put(self.macs_done - zero);
    put(self.last_step == last_step_ ? 1 : 0);
    put(std::max(ifmap_port.arrived, self.free_at) - zero);
    put(std::max(weight_port.arrived, self.free_at) - zero);
    if (used.ifmap) ifmap_port.store.save(zero, ifmap_.last().cycle, state);
    if (used.weights) weight_port.store.save(zero, std::max(weights_.last().cycle, gate), state);
    if (used.psums_in) self.psum_in_port.save(zero, in.free_at, state);
    if (used.psums) {
      self.neighbour_port.save(zero, kNever, state);
      self.psum_out_port.save(zero, kNever, state);
    }
  }
  ifmap_planner_->save(base, involved, state);
  weight_planner_->save(base, involved, state);
}

void Array::load(const ArrayShape& involved, const Uses& used, const Extents& base, Cycle zero,
                 const Replay::Outcome& outcome) {
  add(outcome.done);
  const std::int64_t* state = outcome.exit.data();
  const auto get = [&] { return *state++; };
  const auto get_time = [&] { return *state++ + zero; };
  last_shape_ = shape_of(get());
  visit_shape_ = shape_of(get());
  visit_from_buffer_ = get() != 0;
  array_done_ = get_time();
  if (visit_shape_ != nullptr) visit_base_ = base;
  const auto get_last = [&] {
    const Cycle cycle = get_time();
    return MulticastLink::Last{cycle, get()};
  };
  if (used.ifmap) ifmap_.set_last(get_last());
  if (used.weights) get_last();
  if (used.psums_in) psum_path_.in.free_at = get_time();
  if (used.psums)
    psum_path_.out.free_at = get_time();
  else if (used.weights && spec_.networks.weight_barrier == WeightBarrier::array_drained)
    get();

  for (const ActivePe& active : involved.active) {
    PeTimes& self = pe(active.pe);
    auto& ifmap_port = ifmap_.port(active.pe);
    auto& weight_port = weights_.port(active.pe);
    self.free_at = get_time();
    self.macs_done = get_time();
    self.last_step = get() != 0 ? last_step_ : last_step_ - 1;
    ifmap_port.arrived = get_time();
    weight_port.arrived = get_time();
    if (used.ifmap) state = ifmap_port.store.load(zero, state);
    if (used.weights) state = weight_port.store.load(zero, state);
    if (used.psums_in) state = self.psum_in_port.load(zero, state);
    if (used.psums) {
      state = self.neighbour_port.load(zero, state);
      state = self.psum_out_port.load(zero, state);
    }
  }
  state = ifmap_planner_->load(base, involved, state);
  state = weight_planner_->load(base, involved, state);
  const MulticastLink::Last last = get_last();
  if (outcome.done.weights.words > 0) weights_.set_last(last);
  if (used.psums_in) psum_path_.forget_written();
  if (used.psums) psum_path_.load_written(base, zero, state);
}

Totals Array::totals() const {
  return {ifmap_.totals, weights_.totals, psum_path_.in.totals, psum_path_.out.totals, psum_path_.neighbour,
          preloads_,     pe_cycles_};
}

void Array::add(const Totals& more) {
  const Totals sum = totals() + more;
  ifmap_.totals = sum.ifmap;
  weights_.totals = sum.weights;
  psum_path_.in.totals = sum.psums_in;
  psum_path_.out.totals = sum.psums_out;
  psum_path_.neighbour = sum.neighbour;
  preloads_ = sum.preloads;
  pe_cycles_ = sum.pe_cycles;
}

}  // namespace weir::timing
