#include "workload/recurrent.h"

#include <fmt/format.h>

#include <string>

#include "workload/read_keys.h"

namespace weir {
namespace {

using config::Node;
using enum Dimension;

Layer product(const std::string& name, std::int64_t inner, std::int64_t outputs, std::int64_t images) {
  Layer layer;
  layer.name = name;
  layer.kind = LayerKind::fc;
  layer.bounds.values.fill(1);
  layer.bounds[N] = images;
  layer.bounds[M] = outputs;
  layer.bounds[C] = inner;
  return layer;
}

}  // namespace

const std::vector<Cell>& recurrent_cells() {
  // Operations: of an LSTM four sums, three sigmoids, two tanh, three products and a sum; of a GRU three
  // sums, two sigmoids, a tanh, three products, a difference and a sum; of an RNN a sum and a tanh.
  static const std::vector<Cell> kCells = {{"lstm", 4, 1, 2, 13}, {"gru", 3, 1, 1, 11}, {"rnn", 1, 0, 1, 2}};
  return kCells;
}

std::vector<Layer> read_recurrent(config::TableMap& map, const Cell& cell, const Node& name,
                                  std::int64_t images) {
  constexpr std::size_t kLongestName = 48;  // the layers' own are longer
  if (name.text().size() > kLongestName)
    name.fail(fmt::format("a recurrent layer's name of {} characters; allowed is up to {}",
                          name.text().size(), kLongestName));
  const Node steps_node = map.at("steps");
  const std::int64_t steps = read_extent(steps_node);
  const std::int64_t input = read_extent(map.at("input"));
  const std::int64_t hidden = read_extent(map.at("hidden"));
  const auto directions_node = map.find("directions");
  const std::int64_t directions = directions_node ? directions_node->integer(1, 2) : 1;
  const std::int64_t products = cell.gates * hidden;
  constexpr std::int64_t kMostWordsOfAGate = 16;  // read, written, or operations, for each hidden word
  if (!is_countable({kMostWordsOfAGate, hidden, images, steps}))
    steps_node.fail("too many words; allowed is less than 2^60");
  std::vector<Layer> layers = {product(name.text() + ".input", input, directions * products, images)};
  layers.front().bounds[P] = layers.front().input.vertical = steps;
  for (std::int64_t i = 0; i < directions; ++i) {
    const std::string prefix = name.text() + (i == 0 ? "." : ".backward.");
    layers.push_back(product(prefix + "state", hidden, products, images * steps));
    layers.back().steps = steps;
    Layer gates;
    gates.name = prefix + "gates";
    gates.kind = LayerKind::elementwise;
    gates.bounds.values.fill(1);
    gates.vector_work = {.words_in = (2 * cell.gates + cell.states_read) * hidden * images * steps,
                         .words_out = cell.states * hidden * images * steps,
                         .operations = cell.operations * hidden * images * steps};
    layers.push_back(gates);
  }
  return layers;
}

}  // namespace weir
