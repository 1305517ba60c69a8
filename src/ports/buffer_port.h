#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "base/dimension.h"
#include "ports/sequencer.h"
#include "ports/word.h"

namespace weir::ports {

/// What the networks of operands see of the buffer.
class OperandReader : public virtual sc_core::sc_interface {
 public:
  /// A network will read these words in a step. Weights that the buffer does not keep are fetched for it,
  /// step by step in the order of these calls.
  virtual void expect(Tensor tensor, const Step& step, std::vector<Address> words) = 0;
  /// A network has read all words of a step.
  virtual void has_read(Tensor tensor, const Step& step) = 0;
  /// Whether the words of a step may be read in this cycle.
  virtual bool has(Tensor tensor, const Step& step) const = 0;
  virtual std::uint32_t read(Tensor tensor, Address address) = 0;
};

/// What the networks of psums see of it.
class PsumStore : public virtual sc_core::sc_interface {
 public:
  /// Whether psums of a visit that begins with this step may be read in this cycle.
  virtual bool has_psums(const Step& step) const = 0;
  virtual std::uint32_t read_psum(Address address) = 0;
  virtual void write_psum(const Word& psum, bool is_finished) = 0;
};

}  // namespace weir::ports
