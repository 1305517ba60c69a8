#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "arch/global_buffer.h"
#include "arch/layer_context.h"
#include "arch/processing_element.h"
#include "arch/psum_network.h"

namespace weir::arch {

/// The end of a visit: psums come in from the buffer, travel up the chains, and go back (docs/timing-model.md
/// sections 4 and 5).
class PsumPath {
 public:
  using ProcessingElements = std::vector<std::unique_ptr<ProcessingElement>>;

  PsumPath(const Accelerator& spec, PsumNetwork& in, PsumNetwork& out, GlobalBuffer& buffer,
           ProcessingElements& pes)
      : spec_(spec), in_(in), out_(out), buffer_(buffer), pes_(pes) {}

  void begin_layer(LayerContext& layer);

  /// Ends a visit. `tile` and `shape`: of the array in its first step; `finishes`: its sums are outputs; no
  /// psum is sent in before `gate`.
  void end_visit(const Tile& tile, const ArrayShape& shape, bool finishes, Cycle gate);

 private:
  /// The end of the burst that wrote these psums last, to be updated.
  Cycle& written_at(const Extents& base, std::int64_t top_pe);
  Cycle bring_in(const ArrayShape& shape, const Chain& chain, Cycle earliest);
  void accumulate(const ArrayShape& shape, const Chain& chain, bool from_buffer, Cycle arrival);
  void add_values(const Tile& tile, const ArrayShape& shape, const Chain& chain, bool from_buffer);
  ProcessingElement& pe(const ArrayShape& shape, std::size_t member) {
    return *pes_[static_cast<std::size_t>(shape.active[member].pe)];
  }

  const Accelerator spec_;
  PsumNetwork& in_;
  PsumNetwork& out_;
  GlobalBuffer& buffer_;
  ProcessingElements& pes_;

  LayerContext* layer_ = nullptr;
  std::vector<std::size_t> chain_of_top_;  ///< the full shape's chain whose top is this PE
  std::size_t chains_ = 0;
  std::vector<Cycle> written_;  ///< by psum tile and chain
  std::vector<std::uint32_t> sums_;
};

}  // namespace weir::arch
