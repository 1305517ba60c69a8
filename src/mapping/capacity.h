#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "accelerator/accelerator.h"
#include "mapping/footprint.h"
#include "mapping/nest.h"
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

/// Whether PEs keep words of a tensor from step to step; else they stream through, and each step brings its
/// own. Psums that stream leave at the end of each step.
inline bool has_register_file(Tensor tensor, const ProcessingElementSpec& pe) {
  if (pe.shared_rf_words > 0) return true;
  return (tensor == Tensor::ifmap    ? pe.ifmap_rf_words
          : tensor == Tensor::weight ? pe.weight_rf_words
                                     : pe.psum_rf_words) > 0;
}

/// Whether two steps one after the other, at these bases of the array's tile, belong to one visit.
inline bool same_visit(const Extents& a, const Extents& b, const ProcessingElementSpec& pe) {
  return has_register_file(Tensor::psum, pe) && same_place(a, b, Tensor::psum);
}

/// Whether psums are read from the buffer when a visit to them begins, the array's tile being at `base`: in
/// the first one only if the machine does that.
inline bool reads_psums(const Extents& base, bool reads_initial) {
  using enum Dimension;
  return reads_initial || base[C] != 0 || base[R] != 0 || base[S] != 0;
}

/// Words of a PE's tile in its register files and psum ports. Without a register file a tile needs none.
inline std::array<Need, 4> pe_needs(const Extents& tile, const Layer& layer, const Accelerator& accelerator) {
  const ProcessingElementSpec& pe = accelerator.pe;
  const std::int64_t psums = footprint_words(Tensor::psum, tile, layer);
  if (pe.shared_rf_words > 0) {
    const std::int64_t all =
        footprint_words(Tensor::ifmap, tile, layer) + footprint_words(Tensor::weight, tile, layer) + psums;
    return {{{"ifmap, weight and psum tiles in register_file", all, pe.shared_rf_words},
             {"psums of a window in a psum port", psums, accelerator.networks.psum_ports.words}}};
  }
  const auto words = [&](Tensor tensor) {
    return has_register_file(tensor, pe) ? footprint_words(tensor, tile, layer) : 0;
  };
  return {{{"ifmap tile in ifmap_rf", words(Tensor::ifmap), pe.ifmap_rf_words},
           {"weight tile in weight_rf", words(Tensor::weight), pe.weight_rf_words},
           {"psum tile in psum_rf", words(Tensor::psum), pe.psum_rf_words},
           {"psums of a window in a psum port", psums, accelerator.networks.psum_ports.words}}};
}

/// Room that a PE has for words of the ifmap and of the weights: its register files and the FIFOs in front of
/// them. Of one register file for all tensors, weights and psums take what they need, the ifmap the rest. A
/// PE without a register file has room for its tiles of two steps.
struct OperandRoom {
  std::int64_t ifmap = 0;
  std::int64_t weight = 0;
};

/// `tile`: of a PE, full; it fits (pe_needs).
inline OperandRoom operand_room(const Extents& tile, const Layer& layer, const Accelerator& accelerator) {
  const ProcessingElementSpec& pe = accelerator.pe;
  const auto room_for = [&](Tensor tensor, std::int64_t words) {
    return has_register_file(tensor, pe) ? words : 2 * footprint_words(tensor, tile, layer);
  };
  OperandRoom room{room_for(Tensor::ifmap, pe.ifmap_rf_words), room_for(Tensor::weight, pe.weight_rf_words)};
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
    if (tensor == Tensor::ifmap && buffer.ifmap_bypasses) continue;
    if (tensor == Tensor::psum && buffer.psum_bypasses) continue;
    const auto t = static_cast<std::size_t>(tensor);
    need.words[t] = footprint_words(tensor, tile, layer);
    need.banks[t] = (need.words[t] + buffer.bank_words - 1) / buffer.bank_words;
    need.banks_needed += need.banks[t];
  }
  return need;
}

}  // namespace weir
