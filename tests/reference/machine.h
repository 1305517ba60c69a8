#pragma once

#include <cstdint>
#include <vector>

#include "reference/dram.h"
#include "reference/operand_network.h"
#include "reference/processing_element.h"
#include "reference/psum_network.h"
#include "reference/schedule.h"

namespace weir::reference {

// All units of the accelerator with their work for one layer. In a cycle first every unit decides what it
// begins, from the state at the cycle's beginning alone; then every unit does its work of the cycle, which
// the others see in the next one.
class Machine {
 public:
  Machine(const LayerShape& shape, const NestSpec& nest, const MachineSpec& spec, const LayerData& data,
          Result& result);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void decide();
  void record_states();
  void advance();
  bool working() const;
  bool finished() const;
  // After the last cycle: counts of the networks, the buffer and DRAM, and the outputs.
  void collect();

 private:
  void give_operands();
  void give_tasks();
  void give_accumulations(std::int64_t number, const Visit& visit, const Chain& chain);
  bool reads_psums(const Chain& chain) const;
  std::vector<PsumBurst> make_bursts(PsumNetwork::Direction direction);

  bool array_finished_before(std::int64_t step) const;
  bool barrier_open(std::int64_t step) const;
  PeState state_of(std::size_t pe) const;
  std::int16_t ifmap_value(const Word& word) const;
  std::int16_t weight_value(const Word& word) const;

  const LayerShape& shape_;
  const MachineSpec& spec_;
  const LayerData& data_;
  Result& result_;
  std::vector<Step> steps_;
  std::vector<Visit> visits_;
  std::vector<std::vector<Words>> new_ifmap_, new_weights_;  // by step and PE
  std::vector<BufferTile> tiles_;
  BufferedPsums buffered_psums_;
  std::vector<ProcessingElement> pes_;
  Dram dram_;
  OperandNetwork ifmap_network_, weight_network_;
  PsumNetwork psum_in_network_, psum_out_network_;
};

}  // namespace weir::reference
