#include "mapping/delivery.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace weir {
namespace {

/// The active PE of a shape at a place of the array; there must be one.
const ActivePe& at_place(const ArrayShape& shape, std::int64_t pe) {
  return *std::lower_bound(shape.active.begin(), shape.active.end(), pe,
                           [](const ActivePe& a, std::int64_t b) { return a.pe < b; });
}

}  // namespace

DeliveryPlanner::DeliveryPlanner(Tensor tensor, const Layer& layer, std::int64_t pes, bool holds)
    : tensor_(tensor),
      layer_(layer),
      holds_(holds),
      maker_(tensor, layer, holds),
      held_by_pe_(static_cast<std::size_t>(pes), 0),
      held_{{{}, nullptr}} {}

const Delivery& DeliveryPlanner::next(const Tile& tile, const ArrayShape& shape) {
  const Delivery& delivery = find(tile.base, shape);
  hold(tile.base, shape);
  return delivery;
}

const Delivery& DeliveryPlanner::find(const Extents& base, const ArrayShape& shape) {
  const Held& last = held_.back();
  const bool same_shape = last.shape == &shape;
  const Extents by = offset(last.base, base);
  if (same_shape) {
    const auto move = std::find_if(moves_.begin(), moves_.end(),
                                   [&](const Move& m) { return m.shape == &shape && m.offset == by; });
    if (move != moves_.end()) return *move->delivery;
  }
  auto& delivery = known_[describe(base, shape)];
  if (!delivery) delivery = std::make_unique<Delivery>(make(base, shape));
  if (same_shape) moves_.push_back({&shape, by, delivery.get()});
  return *delivery;
}

void DeliveryPlanner::hold(const Extents& base, const ArrayShape& shape) {
  if (held_.back().shape == &shape) {
    held_.back().base = base;
    return;
  }
  held_.push_back({base, &shape});
  for (const ActivePe& active : shape.active)
    held_by_pe_[static_cast<std::size_t>(active.pe)] = held_.size() - 1;
  forget_unused();
}

void DeliveryPlanner::forget_unused() {
  std::vector<std::size_t> renumbered(held_.size(), 0);
  for (const std::size_t held : held_by_pe_) renumbered[held] = 1;
  std::size_t kept = 1;
  for (std::size_t i = 1; i < held_.size(); ++i) {
    if (renumbered[i] == 0) continue;
    renumbered[i] = kept;
    held_[kept++] = held_[i];
  }
  renumbered[0] = 0;
  held_.resize(kept);
  for (std::size_t& held : held_by_pe_) held = renumbered[held];
}

void DeliveryPlanner::save(const Extents& base, const ArrayShape& shape,
                           std::vector<std::int64_t>& state) const {
  std::vector<std::int64_t> group_of(held_.size(), -1);
  const std::size_t groups = state.size();
  state.push_back(0);
  for (const ActivePe& active : shape.active) {
    const std::size_t held = held_by_pe_[static_cast<std::size_t>(active.pe)];
    if (group_of[held] >= 0) continue;
    group_of[held] = state[groups]++;
    const Extents by = held == 0 ? Extents{} : offset(held_[held].base, base);
    state.push_back(reinterpret_cast<std::intptr_t>(held_[held].shape));
    state.push_back(held + 1 == held_.size() ? 1 : 0);
    state.insert(state.end(), by.values.begin(), by.values.end());
  }
  if (state[groups] == 1) return;
  for (const ActivePe& active : shape.active)
    state.push_back(group_of[held_by_pe_[static_cast<std::size_t>(active.pe)]]);
}

const std::int64_t* DeliveryPlanner::load(const Extents& base, const ArrayShape& shape,
                                          const std::int64_t* state) {
  const std::int64_t groups = *state++;
  std::vector<std::size_t> held_of(static_cast<std::size_t>(groups), 0);
  std::optional<std::pair<std::size_t, Held>> last;
  for (auto& held : held_of) {
    const auto group_shape = reinterpret_cast<const ArrayShape*>(*state++);
    const bool is_last = *state++ != 0;
    Held group{base, group_shape};
    for (const Dimension d : kAllDimensions) group.base[d] -= *state++;
    if (group_shape == nullptr) continue;
    if (is_last) {
      last.emplace(static_cast<std::size_t>(&held - held_of.data()), group);
    } else {
      held = held_.size();
      held_.push_back(group);
    }
  }
  // The last stands for the step before.
  if (last) {
    held_of[last->first] = held_.size();
    held_.push_back(last->second);
  }
  for (const ActivePe& active : shape.active)
    held_by_pe_[static_cast<std::size_t>(active.pe)] =
        held_of[groups == 1 ? 0 : static_cast<std::size_t>(*state++)];
  forget_unused();
  return state;
}

bool DeliveryPlanner::holds(const Extents& base, const ArrayShape& shape) const {
  return holds_ && std::all_of(shape.active.begin(), shape.active.end(), [&](const ActivePe& active) {
           const Held& held = held_[held_by_pe_[static_cast<std::size_t>(active.pe)]];
           if (held.shape == nullptr || !same_place(held.base, base, tensor_)) return false;
           return std::all_of(kAllDimensions.begin(), kAllDimensions.end(), [&](Dimension d) {
             return !touches(d, tensor_) || held.shape->extents[d] == shape.extents[d];
           });
         });
}

DeliveryPlanner::Situation DeliveryPlanner::describe(const Extents& base, const ArrayShape& shape) const {
  Situation situation;
  const auto describe_shape = [&](const ArrayShape* s) {
    if (s != nullptr) situation.insert(situation.end(), s->extents.values.begin(), s->extents.values.end());
  };
  describe_shape(&shape);
  std::vector<std::int64_t> group_of(held_.size(), -1);
  std::int64_t groups = 0;
  for (const ActivePe& active : shape.active) {
    const std::size_t held = held_by_pe_[static_cast<std::size_t>(active.pe)];
    if (group_of[held] < 0) {
      group_of[held] = groups++;
      situation.push_back(held == 0 ? 0 : 1);
      describe_shape(held_[held].shape);
      const Extents by = offset(held_[held].base, base);
      situation.insert(situation.end(), by.values.begin(), by.values.end());
    }
    situation.push_back(group_of[held]);
  }
  return situation;
}

Delivery DeliveryPlanner::make(const Extents& base, const ArrayShape& shape) {
  maker_.begin(shape);
  for (const ActivePe& active : shape.active) {
    const Held& held = held_[held_by_pe_[static_cast<std::size_t>(active.pe)]];
    std::optional<Tile> before;
    if (held.shape != nullptr) {
      before = at_place(*held.shape, active.pe).tile;
      const Extents by = offset(base, held.base);
      for (const Dimension d : kAllDimensions) before->base[d] += by[d];
    }
    maker_.add(active, before);
  }
  return maker_.finish();
}

Extents DeliveryPlanner::offset(const Extents& from, const Extents& to) const {
  Extents by;
  for (const Dimension d : kAllDimensions) by[d] = touches(d, tensor_) ? to[d] - from[d] : 0;
  return by;
}

}  // namespace weir
