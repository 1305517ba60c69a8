#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/key.h"
#include "workload/layer.h"

namespace weir {

/// A kind of recurrent layer: what it makes of the products with its input and with its state.
struct Cell {
  std::string_view name;  ///< the kind in a workload file
  std::int64_t gates;     ///< words of a product for each hidden word
  std::int64_t
      states_read;      ///< words of the state that the gates need beside the products, for each hidden word
  std::int64_t states;  ///< words that they leave for the next step
  std::int64_t operations;  ///< of the vector unit
};

const std::vector<Cell>& recurrent_cells();

/// Reads the keys of a recurrent layer (docs/file-formats.md) of `images` images and returns the layers that
/// it is: the product of all steps' inputs, and for each direction the products of the state and the gates,
/// step by step.
std::vector<Layer> read_recurrent(config::TableMap& map, const Cell& cell, const config::Node& name,
                                  std::int64_t images);

}  // namespace weir
