#include "workload/workload.h"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace weir {
namespace {

using config::Map;
using config::Node;

constexpr std::int64_t kMostExtent = std::int64_t{1} << 24;
constexpr std::int64_t kMostStep = 1024;     ///< stride and dilation
constexpr std::int64_t kMostPadding = 4096;  ///< of one side
constexpr std::int64_t kMostWords = std::int64_t{1} << 60;

std::int64_t extent(const Node& node) { return node.integer(1, kMostExtent); }

/// The numbers of a list that is written like `form`, such as [rows, columns].
std::vector<std::int64_t> numbers(const Node& node, std::size_t count, std::string_view form,
                                  std::int64_t least, std::int64_t most) {
  const std::vector<Node> items = node.list();
  if (items.size() != count) node.fail(fmt::format("a list of {}; allowed is {}", items.size(), form));
  std::vector<std::int64_t> values;
  for (const Node& item : items) values.push_back(item.integer(least, most));
  return values;
}

/// One number for both directions or [vertical, horizontal]; 1 when left out.
Plane read_steps(const std::optional<Node>& node) {
  if (!node) return {};
  if (!node->is_list()) {
    const std::int64_t both = node->integer(1, kMostStep);
    return {both, both};
  }
  const auto values = numbers(*node, 2, "one number or [vertical, horizontal]", 1, kMostStep);
  return {values[0], values[1]};
}

Padding read_padding(const std::optional<Node>& node) {
  if (!node) return {};
  if (!node->is_list()) {
    const std::int64_t all = node->integer(0, kMostPadding);
    return {all, all, all, all};
  }
  const std::size_t count = node->list().size() == 4 ? 4 : 2;
  const auto v = numbers(*node, count, "one number, [vertical, horizontal] or [top, left, bottom, right]", 0,
                         kMostPadding);
  return count == 4 ? Padding{v[0], v[1], v[2], v[3]} : Padding{v[0], v[1], v[0], v[1]};
}

/// Output positions along one direction.
std::int64_t outputs(const Node& filter, std::string_view direction, std::int64_t padded, std::int64_t taps,
                     std::int64_t stride, std::int64_t dilation) {
  const std::int64_t reach = dilation * (taps - 1) + 1;
  if (reach > padded) {
    filter.fail(
        fmt::format("the filter spans {} {}, dilation included; allowed is up to the padded input's {}",
                    reach, direction, padded));
  }
  return (padded - reach) / stride + 1;
}

/// A direction of a transposed convolution as the convolution of stride 1 over its spaced ifmap: the taps
/// that the padding cuts off are no padding any more (Dumoulin, Visin, arXiv 1603.07285, section 4).
void transpose_direction(const Node& padding, std::int64_t taps, std::int64_t dilation, std::int64_t more,
                         std::int64_t& before, std::int64_t& behind) {
  const std::int64_t reach = dilation * (taps - 1);
  if (before > reach || behind > reach + more) {
    padding.fail(fmt::format("padding of {} and {}; allowed is up to the filter's reach of {}", before,
                             behind, reach));
  }
  before = reach - before;
  behind = reach - behind + more;
}

/// Reads the keys that conv and fc share and returns the input channels.
std::int64_t read_input(Map& map, Layer& layer) {
  const auto input = numbers(map.at("input"), 3, "[channels, rows, columns]", 1, kMostExtent);
  layer.input = {input[1], input[2]};
  layer.bounds[Dimension::M] = extent(map.at("output_channels"));
  return input[0];
}

/// output_padding of a transposed convolution: rows and columns that its stride leaves open.
Plane read_output_padding(const std::optional<Node>& node, const Plane& stride) {
  if (!node) return {0, 0};
  const auto values = numbers(*node, 2, "[vertical, horizontal]", 0, kMostStep);
  if (values[0] >= stride.vertical || values[1] >= stride.horizontal)
    node->fail("output_padding reaches the stride; allowed is less");
  return {values[0], values[1]};
}

/// Turns the shapes of a transposed convolution into those of the convolution that it equals.
void read_transposed(Map& map, const std::vector<std::int64_t>& filter, const Node& filter_node,
                     Layer& layer) {
  const Plane more = read_output_padding(map.find("output_padding"), layer.stride);
  const Node padding = map.find("padding").value_or(filter_node);
  transpose_direction(padding, filter[0], layer.dilation.vertical, more.vertical, layer.padding.top,
                      layer.padding.bottom);
  transpose_direction(padding, filter[1], layer.dilation.horizontal, more.horizontal, layer.padding.left,
                      layer.padding.right);
  layer.spacing = std::exchange(layer.stride, {});
  layer.input = {(layer.input.vertical - 1) * layer.spacing.vertical + 1,
                 (layer.input.horizontal - 1) * layer.spacing.horizontal + 1};
}

void read_conv(Map& map, Layer& layer) {
  const std::int64_t channels = read_input(map, layer);
  const Node filter_node = map.at("filter");
  const auto filter = numbers(filter_node, 2, "[rows, columns]", 1, kMostExtent);
  layer.stride = read_steps(map.find("stride"));
  layer.dilation = read_steps(map.find("dilation"));
  layer.padding = read_padding(map.find("padding"));
  if (layer.kind == LayerKind::conv_transpose) read_transposed(map, filter, filter_node, layer);
  const auto groups_node = map.find("groups");
  const std::int64_t groups = groups_node ? extent(*groups_node) : 1;
  Extents& bounds = layer.bounds;
  if (channels % groups != 0 || bounds[Dimension::M] % groups != 0) {
    groups_node->fail(fmt::format("groups is {}; allowed is a divisor of {} channels and {} output channels",
                                  groups, channels, bounds[Dimension::M]));
  }
  bounds[Dimension::G] = groups;
  bounds[Dimension::M] /= groups;
  bounds[Dimension::C] = channels / groups;
  bounds[Dimension::R] = filter[0];
  bounds[Dimension::S] = filter[1];
  bounds[Dimension::P] = outputs(filter_node, "rows", layer.padded_rows(), filter[0], layer.stride.vertical,
                                 layer.dilation.vertical);
  bounds[Dimension::Q] = outputs(filter_node, "columns", layer.padded_columns(), filter[1],
                                 layer.stride.horizontal, layer.dilation.horizontal);
}

void read_fc(Map& map, Layer& layer) {
  layer.bounds[Dimension::C] = read_input(map, layer);
  layer.bounds[Dimension::R] = layer.input.vertical;
  layer.bounds[Dimension::S] = layer.input.horizontal;
  const auto rows = map.find("rows");
  if (!rows) return;
  if (layer.input != Plane{}) rows->fail("rows of an input of planes; allowed is input: [channels, 1, 1]");
  layer.bounds[Dimension::P] = layer.input.vertical = extent(*rows);
}

void read_matmul(Map& map, Layer& layer) {
  layer.bounds[Dimension::P] = extent(map.at("rows"));
  layer.bounds[Dimension::C] = extent(map.at("inner"));
  layer.bounds[Dimension::M] = extent(map.at("columns"));
  layer.input = {layer.bounds[Dimension::P], 1};
}

/// The product of a list of extents.
std::int64_t read_words(const Node& shape) {
  std::int64_t words = 1;
  for (const Node& side : shape.list()) {
    const std::int64_t length = extent(side);
    if (length > (kMostWords - 1) / words) shape.fail("too many words; allowed is less than 2^60");
    words *= length;
  }
  return words;
}

void read_vector_work(Map& map, std::int64_t images, Layer& layer) {
  const auto times = [](const Node& node, std::int64_t a, std::int64_t b) {
    if (b != 0 && a > (kMostWords - 1) / b) node.fail("too many words; allowed is less than 2^60");
    return a * b;
  };
  const Node inputs = map.at("inputs");
  const std::vector<Node> shapes = inputs.list();
  if (shapes.empty()) inputs.fail("no inputs; allowed is a list of shapes");
  VectorWork& work = layer.vector_work;
  for (const Node& shape : shapes) {
    work.words_in += read_words(shape);
    if (work.words_in >= kMostWords) shape.fail("too many words; allowed is less than 2^60");
  }
  const Node output = map.at("output");
  work.words_in = times(inputs, work.words_in, images);
  work.words_out = times(output, read_words(output), images);
  const auto operations = map.find("operations_per_output");
  if (operations) work.operations = times(*operations, work.words_out, operations->integer(0, kMostExtent));
}

/// Whether the product of `factors` is below 2^60.
bool countable(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (factor > (kMostWords - 1) / product) return false;
    product *= factor;
  }
  return true;
}

void check_size(const Node& node, const Layer& layer) {
  const auto& [g, n, m, c, p, q, r, s] = layer.bounds.values;
  if (!countable({g, n, m, c, p, q, r, s})) {
    node.fail(
        fmt::format("layer {} has too many multiply-accumulates; allowed is less than 2^60", layer.name));
  }
  if (!countable({g, n, c, layer.padded_rows(), layer.padded_columns()})) {
    node.fail(fmt::format("layer {} has too many ifmap words; allowed is less than 2^60", layer.name));
  }
}

LayerKind read_kind(const Node& node) {
  std::vector<std::pair<std::string, LayerKind>> kinds;
  for (auto i = static_cast<int>(LayerKind::conv); i <= static_cast<int>(LayerKind::copy); ++i) {
    const auto kind = static_cast<LayerKind>(i);
    kinds.emplace_back(layer_kind_name(kind), kind);
  }
  return node.choice<LayerKind>(kinds);
}

Layer read_layer(const Node& node, std::int64_t batch) {
  using enum Dimension;
  Map map = node.map();
  Layer layer;
  layer.bounds.values.fill(1);
  layer.name = map.at("name").name();
  layer.kind = read_kind(map.at("kind"));
  const auto batch_node = map.find("batch");
  const std::int64_t images = batch * (batch_node ? extent(*batch_node) : 1);
  if (!layer.is_memory_bound()) layer.bounds[layer.kind == LayerKind::matmul ? G : N] = images;
  switch (layer.kind) {
    case LayerKind::conv:
    case LayerKind::conv_transpose:
      read_conv(map, layer);
      break;
    case LayerKind::fc:
      read_fc(map, layer);
      break;
    case LayerKind::matmul:
      read_matmul(map, layer);
      break;
    default:
      read_vector_work(map, images, layer);
      break;
  }
  if (!layer.is_memory_bound()) {
    if (const auto zeros = map.find("ifmap_zeros")) layer.ifmap_zeros = zeros->number(0, 1);
  }
  map.finish();
  check_size(node, layer);
  return layer;
}

}  // namespace

Workload read_workload(const Node& root, std::int64_t batch) {
  Map map = root.map();
  Workload workload;
  workload.name = map.at("workload").name();
  const Node layers = map.at("layers");
  std::set<std::string> names;
  std::int64_t macs = 0;
  for (const Node& node : layers.list()) {
    const Layer& layer = workload.layers.emplace_back(read_layer(node, batch));
    if (!names.insert(layer.name).second) {
      node.fail(fmt::format("a second layer {}; allowed is each name once", layer.name));
    }
    macs += layer.macs();
    if (macs >= kMostWords) node.fail("too many multiply-accumulates up to here; allowed is less than 2^60");
  }
  map.finish();
  if (workload.layers.empty()) layers.fail("no layers; allowed is one or more");
  return workload;
}

}  // namespace weir
