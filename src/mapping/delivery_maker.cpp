#include "mapping/delivery_maker.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace weir {
namespace {

constexpr std::size_t kIfmapColumns = 4;
constexpr std::int32_t kUnknown = -1;

/// For each coordinate of `needed`, whether it is in `kept`; returns how many are.
std::int64_t find_kept(const AxisSet& needed, const AxisSet& kept, std::vector<char>& is_kept) {
  is_kept.assign(needed.size(), 0);
  std::int64_t count = 0;
  auto at = kept.begin();
  for (std::size_t i = 0; i < needed.size(); ++i) {
    while (at != kept.end() && *at < needed[i]) ++at;
    if (at == kept.end()) break;
    if (*at != needed[i]) continue;
    is_kept[i] = 1;
    ++count;
  }
  return count;
}

/// Joins the next word, which goes to these PEs, to the last run or begins another.
void add_to_runs(std::span<const std::int32_t> pes, Delivery& delivery) {
  if (!delivery.runs.empty() && std::ranges::equal(delivery.to(delivery.runs.back()), pes)) {
    ++delivery.runs.back().words;
    return;
  }
  const std::size_t first = delivery.receivers.size();
  delivery.receivers.insert(delivery.receivers.end(), pes.begin(), pes.end());
  delivery.runs.push_back({1, first, delivery.receivers.size()});
}

}  // namespace

void DeliveryMaker::begin(const ArrayShape& shape) {
  const Footprint all = footprint(tensor_, {{}, shape.extents}, layer_);
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    const AxisSet& coordinates = all.axes[axis];
    rank_[axis].resize(static_cast<std::size_t>(coordinates.back()) + 1);
    for (std::size_t i = 0; i < coordinates.size(); ++i)
      rank_[axis][static_cast<std::size_t>(coordinates[i])] = i;
    used_[axis] = coordinates.size();
  }
  number_at_.resize(std::max(number_at_.size(), static_cast<std::size_t>(all.words())), kUnknown);
}

void DeliveryMaker::add(const ActivePe& active, const std::optional<Tile>& before) {
  find_footprint(tensor_, active.tile, layer_, needed_);
  bool keeps = false;
  if (before) {
    find_footprint(tensor_, *before, layer_, kept_);
    std::int64_t in_common = 1;
    for (std::size_t axis = 0; axis < kAxes; ++axis)
      in_common *= find_kept(needed_.axes[axis], kept_.axes[axis], is_kept_[axis]);
    keeps = holds_ && in_common > 0;
    const std::int64_t released = kept_.words() - (keeps ? in_common : 0);
    if (released > 0) delivery_.releases.push_back({active.pe, released});
  }
  const auto pe = static_cast<std::int32_t>(active.pe);
  const auto& axes = needed_.axes;
  const std::vector<char>& column_is_kept = is_kept_[kIfmapColumns];
  std::array<std::size_t, kAxes> i{};
  Coordinates word;
  // All axes but the last, the fourth varying fastest.
  while (true) {
    std::size_t row = 0;
    bool row_is_kept = keeps;
    for (std::size_t axis = 0; axis < kIfmapColumns; ++axis) {
      word[axis] = axes[axis][i[axis]];
      row = row * used_[axis] + rank(axis, word);
      row_is_kept = row_is_kept && is_kept_[axis][i[axis]] != 0;
    }
    for (std::size_t column = 0; column < axes[kIfmapColumns].size(); ++column) {
      if (row_is_kept && column_is_kept[column] != 0) continue;
      word[kIfmapColumns] = axes[kIfmapColumns][column];
      arrive(word, row * used_[kIfmapColumns] + rank(kIfmapColumns, word), pe);
    }
    std::size_t axis = kIfmapColumns;
    while (axis > 0 && ++i[axis - 1] == axes[axis - 1].size()) i[--axis] = 0;
    if (axis == 0) return;
  }
}

void DeliveryMaker::arrive(const Coordinates& word, std::size_t place, std::int32_t pe) {
  std::int32_t& number = number_at_[place];
  if (number == kUnknown) {
    number = static_cast<std::int32_t>(places_.size());
    places_.push_back(place);
    delivery_.words.push_back(word);
  }
  arrivals_.push_back({number, pe});
}

std::vector<std::size_t> DeliveryMaker::order_sent() const {
  std::vector<std::size_t> order(places_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (tensor_ != Tensor::ifmap) return order;
  // Windows slide along the ifmap's columns: what the next ones use first goes first.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return delivery_.words[a][kIfmapColumns] < delivery_.words[b][kIfmapColumns];
  });
  return order;
}

Delivery DeliveryMaker::finish() {
  std::vector<std::size_t> end(places_.size() + 1, 0);  // by number: where its receivers end
  for (const Arrival& arrival : arrivals_) ++end[static_cast<std::size_t>(arrival.word) + 1];
  std::partial_sum(end.begin(), end.end(), end.begin());
  receivers_.resize(arrivals_.size());
  for (const Arrival& arrival : arrivals_)
    receivers_[end[static_cast<std::size_t>(arrival.word)]++] = arrival.pe;

  Delivery sent;
  sent.releases = std::move(delivery_.releases);
  sent.received = static_cast<std::int64_t>(arrivals_.size());
  sent.words.reserve(places_.size());
  for (const std::size_t number : order_sent()) {
    sent.words.push_back(delivery_.words[number]);
    const std::size_t first = number == 0 ? 0 : end[number - 1];
    add_to_runs(std::span(receivers_).subspan(first, end[number] - first), sent);
  }

  for (const std::size_t place : places_) number_at_[place] = kUnknown;
  places_.clear();
  arrivals_.clear();
  delivery_ = {};
  return sent;
}

}  // namespace weir
