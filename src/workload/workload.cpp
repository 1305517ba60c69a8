#include "workload/workload.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "workload/keys.h"
#include "workload/read_keys.h"
#include "workload/read_vector_work.h"
#include "workload/recurrent.h"

namespace weir {
namespace {

using config::Node;
using config::TableMap;

/// Output positions along one direction.
std::int64_t outputs(const Node& filter, std::string_view direction, std::int64_t padded, std::int64_t taps,
                     std::int64_t stride, std::int64_t dilation) {
  const std::int64_t reach = dilation * (taps - 1) + 1;
  check_filter_span(filter, direction, reach, padded);
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
std::int64_t read_input(TableMap& map, Layer& layer) {
  const auto input = read_numbers(map.at("input"), 3, "[channels, rows, columns]", 1, kMostExtent);
  layer.input = {input[1], input[2]};
  layer.bounds[Dimension::M] = read_extent(map.at("output_channels"));
  return input[0];
}

/// output_padding of a transposed convolution: rows and columns that its stride leaves open.
Plane read_output_padding(const std::optional<Node>& node, const Plane& stride) {
  if (!node) return {0, 0};
  const auto values = read_numbers(*node, 2, "[vertical, horizontal]", 0, kMostStep);
  if (values[0] >= stride.vertical || values[1] >= stride.horizontal)
    node->fail("output_padding reaches the stride; allowed is less");
  return {values[0], values[1]};
}

/// Turns the shapes of a transposed convolution into those of the convolution that it equals.
void read_transposed(TableMap& map, const std::vector<std::int64_t>& filter, const Node& filter_node,
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

void read_conv(TableMap& map, Layer& layer) {
  const std::int64_t channels = read_input(map, layer);
  const Node filter_node = map.at("filter");
  const auto filter = read_numbers(filter_node, 2, "[rows, columns]", 1, kMostExtent);
  layer.stride = read_steps(map.find("stride"));
  layer.dilation = read_steps(map.find("dilation"));
  layer.padding = read_padding(map.find("padding"));
  if (layer.kind == LayerKind::conv_transpose) read_transposed(map, filter, filter_node, layer);
  const auto groups_node = map.find("groups");
  const std::int64_t groups = groups_node ? read_extent(*groups_node) : 1;
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

void read_fc(TableMap& map, Layer& layer) {
  layer.bounds[Dimension::C] = read_input(map, layer);
  layer.bounds[Dimension::R] = layer.input.vertical;
  layer.bounds[Dimension::S] = layer.input.horizontal;
  const auto rows = map.find("rows");
  if (!rows) return;
  if (layer.input != Plane{}) rows->fail("rows of an input of planes; allowed is input: [channels, 1, 1]");
  layer.bounds[Dimension::P] = layer.input.vertical = read_extent(*rows);
}

void read_matmul(TableMap& map, Layer& layer) {
  layer.bounds[Dimension::P] = read_extent(map.at("rows"));
  layer.bounds[Dimension::C] = read_extent(map.at("inner"));
  layer.bounds[Dimension::M] = read_extent(map.at("columns"));
  layer.input = {layer.bounds[Dimension::P], 1};
}

void check_size(const Node& node, const Layer& layer) {
  const auto& [g, n, m, c, p, q, r, s] = layer.bounds.values;
  if (!is_countable({g, n, m, c, p, q, r, s})) {
    node.fail(
        fmt::format("layer {} has too many multiply-accumulates; allowed is less than 2^60", layer.name));
  }
  if (!is_countable({g, n, c, layer.padded_rows(), layer.padded_columns()})) {
    node.fail(fmt::format("layer {} has too many ifmap words; allowed is less than 2^60", layer.name));
  }
}

/// A kind of layer, or a recurrent one, which is several layers.
struct Kind {
  LayerKind layer = LayerKind::fc;
  const Cell* cell = nullptr;
};

Kind read_kind(const Node& node) {
  std::vector<std::pair<std::string, Kind>> kinds;
  for (auto i = static_cast<int>(LayerKind::conv); i <= static_cast<int>(LayerKind::copy); ++i) {
    const auto kind = static_cast<LayerKind>(i);
    kinds.emplace_back(layer_kind_name(kind), Kind{kind});
  }
  for (const Cell& cell : recurrent_cells()) kinds.emplace_back(cell.name, Kind{.cell = &cell});
  return node.choice<Kind>(kinds);
}

/// Images, and of a layer of steps these images for each step.
std::int64_t read_images(TableMap& map, std::int64_t batch, std::int64_t steps) {
  const auto node = map.find("batch");
  const std::int64_t images = node ? read_extent(*node) : 1;
  if (!is_countable({batch, images, steps})) node->fail("too many images; allowed is less than 2^60");
  return batch * images * steps;
}

Layer read_layer(TableMap& map, const std::string& name, LayerKind kind, std::int64_t batch) {
  using enum Dimension;
  Layer layer;
  layer.bounds.values.fill(1);
  layer.name = name;
  layer.kind = kind;
  const auto steps_node = map.find("steps");
  const std::int64_t steps = steps_node ? read_extent(*steps_node) : 1;
  const std::int64_t images = read_images(map, batch, steps);
  if (!layer.is_memory_bound()) layer.bounds[layer.kind == LayerKind::matmul ? G : N] = images;
  switch (layer.kind) {
    case LayerKind::conv:
    case LayerKind::conv_transpose:
      read_conv(map, layer);
      layer.steps = steps;
      break;
    case LayerKind::fc:
      read_fc(map, layer);
      layer.steps = steps;
      break;
    case LayerKind::matmul:  // has no operand that could stay from step to step
      read_matmul(map, layer);
      break;
    default:
      layer.vector_work = read_vector_work(map, layer.kind, images);
      break;
  }
  if (!layer.is_memory_bound()) {
    if (const auto zeros = map.find("ifmap_zeros")) layer.ifmap_zeros = zeros->number(0, 1);
  }
  return layer;
}

std::vector<Layer> read_layers(const Node& node, std::int64_t batch) {
  // First what decides which keys there are.
  if (const auto kind = node.find("kind")) check_operation(node, read_kind(*kind).layer);
  TableMap map(node, layer_keys());
  const Node name = map.at("name");
  const Kind kind = read_kind(map.at("kind"));
  std::vector<Layer> layers;
  if (kind.cell != nullptr) {
    layers = read_recurrent(map, *kind.cell, name, read_images(map, batch, 1));
  } else {
    layers = {read_layer(map, name.name(), kind.layer, batch)};
  }
  map.finish();
  for (const Layer& layer : layers) check_size(node, layer);
  return layers;
}

Missing read_missing(const Node& node, std::int64_t batch) {
  Missing missing;
  missing_table().read(node, missing);
  node.find("mac_nodes")->integer(0, missing.of_mac_nodes);
  missing.known_macs = missing.known_macs > kMostWords / batch ? kMostWords : missing.known_macs * batch;
  return missing;
}

}  // namespace

Workload read_workload(const Node& root, std::int64_t batch) {
  TableMap map(root, workload_keys());
  Workload workload;
  workload.name = map.at("workload").name();
  if (const auto missing = map.find("missing")) workload.missing = read_missing(*missing, batch);
  const Node layers = map.at("layers");
  std::set<std::string> names;
  std::int64_t macs = 0;
  for (const Node& node : layers.list()) {
    for (Layer& layer : read_layers(node, batch)) {
      if (!names.insert(layer.name).second) {
        node.fail(fmt::format("a second layer {}; allowed is each name once", layer.name));
      }
      macs += layer.macs();
      if (macs >= kMostWords)
        node.fail("too many multiply-accumulates up to here; allowed is less than 2^60");
      workload.layers.push_back(std::move(layer));
    }
  }
  map.finish();
  if (workload.layers.empty()) layers.fail("no layers; allowed is one or more");
  return workload;
}

std::string missing_text(const Workload& workload) {
  const Missing& missing = workload.missing;
  if (missing.nodes == 0) return "";
  if (missing.mac_nodes == 0)
    return fmt::format("{} nodes of the model, none of them with MACs, are not in this workload",
                       missing.nodes);
  std::int64_t macs = missing.known_macs;
  for (const Layer& layer : workload.layers) macs += layer.macs();
  const double share =
      macs == 0 ? 0 : 100 * static_cast<double>(missing.known_macs) / static_cast<double>(macs);
  return fmt::format(
      "{} of the model's {} nodes with MACs are not in this workload: {:.1f} % of the MACs that are known",
      missing.mac_nodes, missing.of_mac_nodes, share);
}

}  // namespace weir
