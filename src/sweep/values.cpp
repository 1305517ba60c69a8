#include <fmt/format.h>

#include <cmath>

#include "sweep/keys.h"
#include "sweep/spec.h"

namespace weir::sweep {
namespace {

using config::Node;

constexpr std::size_t kMostValues = 100'000;  ///< of an axis

}  // namespace

Values::Values(const Node& node) : mark_(node.mark()) {
  if (node.is_map()) {
    read_range(node);
    return;
  }
  listed_ = node.list();
  size_ = listed_.size();
  if (size_ == 0) node.fail("no values; allowed is one or more");
  if (size_ > kMostValues) node.fail(fmt::format("{} values; allowed are {}", size_, kMostValues));
}

void Values::read_range(const Node& node) {
  constexpr double kMost = kMostOfRange;
  config::TableMap map(node, range_keys());
  from_ = map.at("from").number(-kMost, kMost);
  const double to = map.at("to").number(from_, kMost);
  const auto step = map.find("step");
  const auto times = map.find("times");
  map.finish();
  if (step.has_value() == times.has_value()) node.fail("a range has either step or times");
  if (times && from_ <= 0) node.fail("from must be above 0 where the range goes by times");
  if (step) step_ = step->number(1e-9, kMost);
  if (times) times_ = times->number(1.001, kMost);
  // A little more, for values such as 0.3.
  const double limit = to * (1 + 1e-12) + 1e-12;
  const double steps = step ? (limit - from_) / step_ : std::log(limit / from_) / std::log(times_);
  if (steps >= static_cast<double>(kMostValues))
    node.fail(fmt::format("more than {0} values; allowed are {0}", kMostValues));
  size_ = static_cast<std::size_t>(std::max(steps, 0.0)) + 1;
  // What rounding may have done.
  while (size_ > 1 && number(size_ - 1) > limit) --size_;
  while (number(size_) <= limit) ++size_;
}

/// Each value from the first, so that errors do not add up.
double Values::number(std::size_t i) const {
  const auto n = static_cast<double>(i);
  return step_ > 0 ? from_ + n * step_ : from_ * std::pow(times_, n);
}

Node Values::made(std::size_t i) const {
  const double value = number(i);
  const double rounded = std::round(value);
  const bool is_whole = std::abs(value - rounded) < 1e-9 * std::max(1.0, std::abs(value));
  return Node::scalar(is_whole ? fmt::format("{}", static_cast<std::int64_t>(rounded))
                               : fmt::format("{}", std::round(value * 1e9) / 1e9),
                      mark_);
}

}  // namespace weir::sweep
