#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/dimension.h"

namespace weir::account {

/// Ways of words, from DRAM to the MACs and back, and what MACs do with them.
enum class Flow : std::uint8_t {
  fetched,   ///< from DRAM into the global buffer; psums: those that come back
  made,      ///< zeros of padding that are written where the buffer is filled
  sent,      ///< towards the PEs, once however many take it
  received,  ///< by PEs; psums: by the chains that they enter
  stored,    ///< of them, written into a register where they arrive
  passed,    ///< from PE to PE
  returned,  ///< psums from the array to the buffer
  drained,   ///< psums from the buffer to DRAM
  finished,  ///< outputs: psums that nothing is added to any more
  used,      ///< by a MAC
  gated,     ///< by a MAC that a zero ifmap word switches off; not among the used ones
};
inline constexpr std::size_t kFlows = 11;

/// What a layer's execution moves and computes, in words, whoever walked or added it up: what an access is,
/// Accounting knows.
struct Traffic {
  std::array<std::array<std::int64_t, kFlows>, kTensors> words{};

  std::int64_t& operator()(Tensor tensor, Flow flow) {
    return words[static_cast<std::size_t>(tensor)][static_cast<std::size_t>(flow)];
  }
  std::int64_t operator()(Tensor tensor, Flow flow) const {
    return words[static_cast<std::size_t>(tensor)][static_cast<std::size_t>(flow)];
  }
  Traffic& operator+=(const Traffic& more) {
    for (std::size_t t = 0; t < kTensors; ++t) {
      for (std::size_t f = 0; f < kFlows; ++f) words[t][f] += more.words[t][f];
    }
    return *this;
  }
  /// Each MAC uses a word of each tensor.
  void set_macs(std::int64_t performed, std::int64_t gated) {
    for (const Tensor tensor : kAllTensors) {
      (*this)(tensor, Flow::used) = performed - gated;
      (*this)(tensor, Flow::gated) = gated;
    }
  }
  std::int64_t macs() const { return (*this)(Tensor::psum, Flow::used) + gated_macs(); }
  std::int64_t gated_macs() const { return (*this)(Tensor::psum, Flow::gated); }
};

}  // namespace weir::account
