#include "reference/ticked_model.h"

#include <stdexcept>

#include "reference/machine.h"

namespace weir::reference {
namespace {

void check_data(const LayerShape& shape, const LayerData& data) {
  const std::int64_t rows = (shape.P - 1) * shape.stride_v + (shape.R - 1) * shape.dilation_v + 1;
  const std::int64_t columns = (shape.Q - 1) * shape.stride_h + (shape.S - 1) * shape.dilation_h + 1;
  const std::int64_t ifmap = shape.G * shape.N * shape.C * data.ifmap_rows * data.ifmap_columns;
  const std::int64_t weights = shape.G * shape.M * shape.C * shape.R * shape.S;
  if (data.ifmap_rows < rows || data.ifmap_columns < columns ||
      static_cast<std::int64_t>(data.ifmap.size()) != ifmap ||
      static_cast<std::int64_t>(data.weights.size()) != weights) {
    throw std::invalid_argument("the data do not fit the layer");
  }
}

// Without a register file there is room for the full tiles of two steps.
MachineSpec with_room_for_streams(const LayerShape& shape, const NestSpec& nest, MachineSpec machine) {
  const PeTile tile = enumerate_steps(shape, nest, machine).front().pe_tiles.front();
  if (machine.streams_ifmap) machine.ifmap_rf_words = 2 * static_cast<std::int64_t>(tile.ifmap.size());
  if (machine.streams_weights) machine.weight_rf_words = 2 * static_cast<std::int64_t>(tile.weights.size());
  return machine;
}

// One register file for all tensors: weights and psums take what a full tile needs, the ifmap the rest. The
// first PE's tile of the first step is full.
MachineSpec with_split_register_file(const LayerShape& shape, const NestSpec& nest, MachineSpec machine) {
  const PeTile tile = enumerate_steps(shape, nest, machine).front().pe_tiles.front();
  machine.weight_rf_words = static_cast<std::int64_t>(tile.weights.size());
  machine.psum_rf_words = static_cast<std::int64_t>(tile.psums.size());
  machine.ifmap_rf_words = machine.shared_rf_words - machine.weight_rf_words - machine.psum_rf_words;
  return machine;
}

}  // namespace

Result simulate(const LayerShape& shape, const NestSpec& nest, const MachineSpec& given,
                const LayerData& data) {
  check_data(shape, data);
  const MachineSpec machine_spec = given.shared_rf_words > 0 ? with_split_register_file(shape, nest, given)
                                                             : with_room_for_streams(shape, nest, given);
  constexpr std::int64_t kPatience = 1'000'000;
  Result result;
  Machine machine(shape, nest, machine_spec, data, result);
  std::int64_t cycles_without_work = 0;
  for (result.cycles = 0; !machine.finished(); ++result.cycles) {
    machine.decide();
    machine.record_states();
    cycles_without_work = machine.working() ? 0 : cycles_without_work + 1;
    if (cycles_without_work > kPatience) throw std::logic_error("the machine is stuck");
    machine.advance();
  }
  machine.collect();
  return result;
}

}  // namespace weir::reference
