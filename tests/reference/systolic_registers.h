#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "reference/product.h"
#include "reference/ticked_model.h"

namespace weir::reference {

// Steps in which a fold's words begin to enter, its stream begins, and its last word has left.
struct FoldTimes {
  std::int64_t load, stream, end;
};

// Words that the array's links carry in one step.
struct LinkWords {
  std::int64_t ifmap = 0, weight = 0, psum_in = 0, psum_out = 0;
};

// The PEs' registers and the words in them, which move on once a step (section 12).
class SystolicRegisters {
 public:
  // `times`: of the folds that have begun so far.
  SystolicRegisters(const MachineSpec& machine, const Product& product, const std::vector<ProductFold>& folds,
                    const std::vector<FoldTimes>& times, Result& result);

  LinkWords tick(std::int64_t step);

  std::int64_t rows_of(std::size_t fold) const;
  std::int64_t columns_of(std::size_t fold) const;
  std::int64_t stream_of(std::size_t fold) const;

 private:
  // A word on its way, or in a register.
  struct Word {
    std::size_t fold;
    std::int64_t row;     // of the PE it is for, or comes from; -1: of all rows
    std::int64_t column;  // likewise
    std::int64_t time;    // its number in the stream; -1 for a stationary word
    std::uint32_t value;
  };
  using Register = std::optional<Word>;
  struct Pe {
    Register next, present;  // stationary words
    Register from_left, from_above, psum;
  };

  Pe& at(std::int64_t row, std::int64_t column);
  bool holds(char tensor) const { return machine_.stationary == tensor; }
  std::uint32_t ifmap_value(std::size_t fold, std::int64_t position, std::int64_t tap) const;
  std::uint32_t weight_value(std::size_t fold, std::int64_t tap, std::int64_t filter) const;
  template <typename Value>
  Register injected(std::int64_t lane, bool is_row, Value value) const;
  Register stationary_injected(std::int64_t column) const;

  void tick_operand_stays();
  void multiply_with_held(std::int64_t row, std::int64_t column);
  void shift_in(std::int64_t column);
  void tick_outputs_stay();
  void multiply_streams(std::int64_t row, std::int64_t column);
  void shift_out(std::int64_t column);
  void put_out(std::size_t fold, std::int64_t position, std::int64_t filter, std::uint32_t value);
  bool gates(std::uint32_t ifmap_word);

  const MachineSpec& machine_;
  const Product& product_;
  const std::vector<ProductFold>& folds_;
  const std::vector<FoldTimes>& times_;
  Result& result_;
  std::vector<Pe> pes_;
  std::size_t oldest_ = 0;  // the first fold that has not ended
  std::int64_t step_ = 0;
  LinkWords words_;  // of this step
};

}  // namespace weir::reference
