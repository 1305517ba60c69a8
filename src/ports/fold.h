#pragma once

#include <cstdint>
#include <optional>
#include <systemc>
#include <vector>

#include "mapping/systolic.h"
#include "ports/program.h"
#include "ports/sequencer.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// A step of the nest on a systolic array: one dimension lies on the rows, one on the columns, and one
/// streams through, a word in each step of the array. Times are in steps of the array.
struct Fold {
  Step step;
  SystolicRoles roles;
  std::int64_t array_rows = 0, array_columns = 0;
  std::int64_t rows = 0, columns = 0;  ///< of PEs that it uses
  std::int64_t length = 0;             ///< of the stream
  bool reads_psums = false;            ///< the buffer's psums are added at the bottom
  bool finishes_psums = false;

  std::int64_t load = 0;                             ///< the first stationary word enters
  std::int64_t stream = 0;                           ///< the first word of the stream does
  std::int64_t free_stream = 0;                      ///< it would have, had the fold not waited for DRAM
  stats::PeState wait = stats::PeState::wait_ifmap;  ///< what came last of what it waited for

  std::int64_t pes() const { return rows * columns; }
  bool keeps_psums() const { return roles.stationary == Tensor::psum; }
  /// The step in which it has ended.
  std::int64_t end() const {
    return stream + length + array_rows + array_columns - 2 + (keeps_psums() ? array_rows : 0);
  }
  /// The place in the loops of the layer of a PE's t-th word.
  Extents at(std::int64_t row, std::int64_t column, std::int64_t t) const;

  /// A word of an operand that enters the array in a step.
  struct Entry {
    std::int64_t edge;    ///< the row that it enters on the left, or the column at the top
    std::int64_t row;     ///< of a stationary word: where it stays
    std::int64_t number;  ///< in the stream
    Extents at;
  };
  bool enters_on_the_left(Tensor tensor) const;
  std::vector<Entry> entering(Tensor tensor, std::int64_t now) const;
  std::int64_t words(Tensor tensor) const;

  /// An output that leaves the bottom of a column in a step.
  struct Leaving {
    std::int64_t column;
    Extents at;
  };
  std::vector<Leaving> leaving(std::int64_t now) const;
};

/// Makes the folds of a layer, one after the other.
class FoldSequencer {
 public:
  FoldSequencer(const Program& program, const SystolicRoles& roles);

  bool at_end() const { return steps_.at_end(); }
  const Fold& fold() const { return fold_; }
  void next();

 private:
  void make();

  const Program* program_;
  Sequencer steps_;
  Fold fold_;
};

/// Who is told of each fold when it begins.
class FoldListener : public virtual sc_core::sc_interface {
 public:
  virtual void begin_fold(const Fold& fold) = 0;
  /// Cycles that the link needed for its words of the present step.
  virtual std::int64_t cycles_needed() const = 0;
};

}  // namespace weir::ports
