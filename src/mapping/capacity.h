#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "accelerator/accelerator.h"
#include "mapping/footprint.h"
#include "workload/layer.h"

namespace weir {

/// Most steps of a layer.
inline constexpr std::int64_t kMostSteps = std::int64_t{1} << 34;

/// What a tile takes of a store. The rules that check_mapping and the mapper share.
struct Need {
  std::string_view what;    ///< the tensor and the store
  std::int64_t needed = 0;  ///< words
  std::int64_t there = 0;

  bool fits() const { return needed <= there; }
};

/// Words of a PE's tile in its register files and psum ports.
inline std::array<Need, 4> pe_needs(const Extents& tile, const Layer& layer, const Accelerator& accelerator) {
  const ProcessingElementSpec& pe = accelerator.pe;
  const std::int64_t psums = footprint_words(Tensor::psum, tile, layer);
  if (pe.shared_rf_words > 0) {
    const std::int64_t all =
        footprint_words(Tensor::ifmap, tile, layer) + footprint_words(Tensor::weight, tile, layer) + psums;
    return {{{"ifmap, weight and psum tiles in register_file", all, pe.shared_rf_words},
             {"psums of a window in a psum port", psums, accelerator.networks.psum_ports.words}}};
  }
  return {{{"ifmap tile in ifmap_rf", footprint_words(Tensor::ifmap, tile, layer), pe.ifmap_rf_words},
           {"weight tile in weight_rf", footprint_words(Tensor::weight, tile, layer), pe.weight_rf_words},
           {"psum tile in psum_rf", psums, pe.psum_rf_words},
           {"psums of a window in a psum port", psums, accelerator.networks.psum_ports.words}}};
}

/// Room that a PE has for words of the ifmap and of the weights: its register files and the FIFOs in front of
/// them. Of one register file for all tensors, weights and psums take what they need, the ifmap the rest.
struct OperandRoom {
  std::int64_t ifmap = 0;
  std::int64_t weight = 0;
};

/// `tile`: of a PE, full; it fits (pe_needs).
inline OperandRoom operand_room(const Extents& tile, const Layer& layer, const Accelerator& accelerator) {
  const ProcessingElementSpec& pe = accelerator.pe;
  OperandRoom room{pe.ifmap_rf_words, pe.weight_rf_words};
  if (pe.shared_rf_words > 0) {
    room.weight = footprint_words(Tensor::weight, tile, layer);
    room.ifmap = pe.shared_rf_words - room.weight - footprint_words(Tensor::psum, tile, layer);
  }
  return {room.ifmap + pe.input_fifo_words, room.weight + pe.input_fifo_words};
}

/// Words of the array's tile in the prefetch banks, which weights pass that the buffer does not keep.
inline Need prefetch_need(const Extents& tile, const Layer& layer, const Accelerator& accelerator) {
  return {"weights of a pass in the prefetch banks", footprint_words(Tensor::weight, tile, layer),
          accelerator.global_buffer.weight_prefetch_words};
}

/// Words and banks of the buffer's tile; a bank holds one tensor.
struct BufferNeed {
  std::array<std::int64_t, kTensors> words{};  ///< by Tensor; 0 for weights that the buffer does not keep
  std::array<std::int64_t, kTensors> banks{};
  std::int64_t banks_needed = 0;
  std::int64_t banks_there = 0;

  bool fits() const { return banks_needed <= banks_there; }
};

inline BufferNeed buffer_need(const Extents& tile, bool keeps_weights, const Layer& layer,
                              const Accelerator& accelerator) {
  const GlobalBufferSpec& buffer = accelerator.global_buffer;
  BufferNeed need;
  need.banks_there = buffer.banks;
  for (const Tensor tensor : kAllTensors) {
    if (tensor == Tensor::weight && !keeps_weights) continue;
    const auto t = static_cast<std::size_t>(tensor);
    need.words[t] = footprint_words(tensor, tile, layer);
    need.banks[t] = (need.words[t] + buffer.bank_words - 1) / buffer.bank_words;
    need.banks_needed += need.banks[t];
  }
  return need;
}

}  // namespace weir
