#include "workload/read_keys.h"

#include <fmt/format.h>

namespace weir {

using config::Node;

std::int64_t read_extent(const Node& node) { return node.integer(1, kMostExtent); }

bool is_countable(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (factor > (kMostWords - 1) / product) return false;
    product *= factor;
  }
  return true;
}

std::vector<std::int64_t> read_numbers(const Node& node, std::size_t count, std::string_view form,
                                       std::int64_t least, std::int64_t most) {
  const std::vector<Node> items = node.list();
  if (items.size() != count) node.fail(fmt::format("a list of {}; allowed is {}", items.size(), form));
  std::vector<std::int64_t> values;
  for (const Node& item : items) values.push_back(item.integer(least, most));
  return values;
}

Plane read_steps(const std::optional<Node>& node) {
  if (!node) return {};
  if (!node->is_list()) {
    const std::int64_t both = node->integer(1, kMostStep);
    return {both, both};
  }
  const auto values = read_numbers(*node, 2, "one number or [vertical, horizontal]", 1, kMostStep);
  return {values[0], values[1]};
}

Padding read_padding(const std::optional<Node>& node) {
  if (!node) return {};
  if (!node->is_list()) {
    const std::int64_t all = node->integer(0, kMostPadding);
    return {all, all, all, all};
  }
  const std::size_t count = node->list().size() == 4 ? 4 : 2;
  const auto v = read_numbers(
      *node, count, "one number, [vertical, horizontal] or [top, left, bottom, right]", 0, kMostPadding);
  return count == 4 ? Padding{v[0], v[1], v[2], v[3]} : Padding{v[0], v[1], v[0], v[1]};
}

void check_filter_span(const Node& filter, std::string_view direction, std::int64_t reach,
                       std::int64_t padded) {
  if (reach <= padded) return;
  filter.fail(fmt::format("the filter spans {} {}, dilation included; allowed is up to the padded input's {}",
                          reach, direction, padded));
}

}  // namespace weir
