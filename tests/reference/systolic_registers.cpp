#include "reference/systolic_registers.h"

#include <stdexcept>
#include <string>

namespace weir::reference {
namespace {

[[noreturn]] void broken(const std::string& what) {
  throw std::logic_error("a systolic array that fails: " + what);
}

std::uint32_t extended(std::int16_t word) {
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(word));
}

}  // namespace

SystolicRegisters::SystolicRegisters(const MachineSpec& machine, const Product& product,
                                     const std::vector<ProductFold>& folds,
                                     const std::vector<FoldTimes>& times, Result& result)
    : machine_(machine),
      product_(product),
      folds_(folds),
      times_(times),
      result_(result),
      pes_(static_cast<std::size_t>(machine.rows * machine.columns)) {
  result_.outputs.assign(static_cast<std::size_t>(product.groups * product.positions * product.filters), 0);
}

SystolicRegisters::Pe& SystolicRegisters::at(std::int64_t row, std::int64_t column) {
  return pes_[static_cast<std::size_t>(row * machine_.columns + column)];
}

std::int64_t SystolicRegisters::rows_of(std::size_t fold) const {
  return holds('o') ? folds_[fold].positions : folds_[fold].taps;
}

std::int64_t SystolicRegisters::columns_of(std::size_t fold) const {
  return holds('i') ? folds_[fold].positions : folds_[fold].filters;
}

std::int64_t SystolicRegisters::stream_of(std::size_t fold) const {
  return holds('w') ? folds_[fold].positions : holds('i') ? folds_[fold].filters : folds_[fold].taps;
}

std::uint32_t SystolicRegisters::ifmap_value(std::size_t fold, std::int64_t position,
                                             std::int64_t tap) const {
  const ProductFold& f = folds_[fold];
  const std::int64_t p = f.g * product_.positions + f.p + position;
  return extended(product_.ifmap[static_cast<std::size_t>(p * product_.taps + f.c + tap)]);
}

std::uint32_t SystolicRegisters::weight_value(std::size_t fold, std::int64_t tap, std::int64_t filter) const {
  const ProductFold& f = folds_[fold];
  const std::int64_t c = f.g * product_.taps + f.c + tap;
  return extended(product_.weights[static_cast<std::size_t>(c * product_.filters + f.m + filter)]);
}

LinkWords SystolicRegisters::tick(std::int64_t step) {
  step_ = step;
  words_ = {};
  while (oldest_ < times_.size() && times_[oldest_].end <= step) ++oldest_;
  if (holds('o')) {
    tick_outputs_stay();
  } else {
    tick_operand_stays();
  }
  return words_;
}

// The word that lane `lane` of a skewed stream brings in this step.
template <typename Value>
SystolicRegisters::Register SystolicRegisters::injected(std::int64_t lane, bool is_row, Value value) const {
  Register word;
  for (std::size_t f = oldest_; f < times_.size(); ++f) {
    const std::int64_t time = step_ - lane - times_[f].stream;
    if (time < 0 || time >= stream_of(f)) continue;
    if (lane >= (is_row ? rows_of(f) : columns_of(f))) continue;
    if (word) broken("two words enter a lane at once");
    word = Word{f, is_row ? lane : -1, is_row ? -1 : lane, time, value(f, time)};
  }
  return word;
}

void SystolicRegisters::tick_operand_stays() {
  const bool weights_stay = holds('w');
  for (std::int64_t r = 0; r < machine_.rows; ++r) {
    for (std::int64_t c = machine_.columns; c-- > 1;) {
      at(r, c).from_left = at(r, c - 1).from_left;
      if (at(r, c).from_left) ++(weights_stay ? result_.neighbour_hops.ifmap : result_.neighbour_hops.weight);
    }
    at(r, 0).from_left = injected(r, true, [&](std::size_t f, std::int64_t t) {
      return weights_stay ? ifmap_value(f, t, r) : weight_value(f, r, t);
    });
    if (at(r, 0).from_left) ++(weights_stay ? words_.ifmap : words_.weight);
  }
  for (std::int64_t c = 0; c < machine_.columns; ++c) {
    for (std::int64_t r = machine_.rows; r-- > 1;) {
      at(r, c).psum = at(r - 1, c).psum;
      if (at(r, c).psum) ++result_.neighbour_hops.psum;
    }
    const Register& enters = at(0, c).from_left;
    at(0, c).psum.reset();
    if (enters && c < columns_of(enters->fold)) at(0, c).psum = Word{enters->fold, -1, c, enters->time, 0};
  }
  for (std::int64_t r = 0; r < machine_.rows; ++r)
    for (std::int64_t c = 0; c < machine_.columns; ++c) multiply_with_held(r, c);
  for (std::int64_t c = 0; c < machine_.columns; ++c) shift_in(c);
  for (std::int64_t c = 0; c < machine_.columns; ++c) {
    const Register& leaves = at(machine_.rows - 1, c).psum;
    if (!leaves) continue;
    put_out(leaves->fold, weights_stay ? leaves->time : c, weights_stay ? c : leaves->time, leaves->value);
  }
}

void SystolicRegisters::multiply_with_held(std::int64_t r, std::int64_t c) {
  Pe& pe = at(r, c);
  if (!pe.from_left || c >= columns_of(pe.from_left->fold)) return;
  if (pe.from_left->time == 0) {
    pe.present = pe.next;
    pe.next.reset();
  }
  if (!pe.present || pe.present->fold != pe.from_left->fold || pe.present->row != r ||
      pe.present->column != c)
    broken("a stationary word is not the one that the stream needs");
  if (!pe.psum || pe.psum->fold != pe.from_left->fold || pe.psum->time != pe.from_left->time)
    broken("a psum meets a word of another output");
  pe.psum->value += pe.present->value * pe.from_left->value;
  if (holds('w')) {
    if (!gates(pe.from_left->value)) ++result_.register_file.weight.reads;
  } else {
    gates(pe.present->value);
    ++result_.register_file.ifmap.reads;
  }
}

// Stationary words move down a column until they are in their row, the bottom one's first.
void SystolicRegisters::shift_in(std::int64_t c) {
  const bool weights_stay = holds('w');
  for (std::int64_t r = machine_.rows; r-- > 0;) {
    Register enters;
    if (r > 0) {
      if (at(r - 1, c).next && at(r - 1, c).next->row > r - 1) std::swap(enters, at(r - 1, c).next);
      if (enters) ++(weights_stay ? result_.neighbour_hops.weight : result_.neighbour_hops.ifmap);
    } else {
      enters = stationary_injected(c);
      if (enters) ++(weights_stay ? words_.weight : words_.ifmap);
    }
    if (!enters) continue;
    Pe& pe = at(r, c);
    if (pe.next) broken("a stationary word is overwritten before it was used");
    const bool in_use = pe.present && step_ < times_[pe.present->fold].end;
    if (!machine_.double_buffered && in_use) broken("a stationary word is overwritten while it is used");
    pe.next = enters;
    if (enters->row != r) continue;
    ++(weights_stay ? result_.register_file.weight.writes : result_.register_file.ifmap.writes);
  }
}

SystolicRegisters::Register SystolicRegisters::stationary_injected(std::int64_t c) const {
  for (std::size_t f = oldest_; f < times_.size(); ++f) {
    const std::int64_t row = machine_.rows - 1 - (step_ - c - times_[f].load);
    if (row < 0 || row >= rows_of(f) || c >= columns_of(f)) continue;
    return Word{f, row, c, -1, holds('w') ? weight_value(f, row, c) : ifmap_value(f, c, row)};
  }
  return {};
}

void SystolicRegisters::tick_outputs_stay() {
  for (std::int64_t c = 0; c < machine_.columns; ++c) shift_out(c);
  for (std::int64_t r = 0; r < machine_.rows; ++r) {
    for (std::int64_t c = machine_.columns; c-- > 1;) {
      at(r, c).from_left = at(r, c - 1).from_left;
      if (at(r, c).from_left) ++result_.neighbour_hops.ifmap;
    }
    at(r, 0).from_left =
        injected(r, true, [&](std::size_t f, std::int64_t t) { return ifmap_value(f, r, t); });
    if (at(r, 0).from_left) ++words_.ifmap;
  }
  for (std::int64_t c = 0; c < machine_.columns; ++c) {
    for (std::int64_t r = machine_.rows; r-- > 1;) {
      at(r, c).from_above = at(r - 1, c).from_above;
      if (at(r, c).from_above) ++result_.neighbour_hops.weight;
    }
    at(0, c).from_above =
        injected(c, false, [&](std::size_t f, std::int64_t t) { return weight_value(f, t, c); });
    if (at(0, c).from_above) ++words_.weight;
  }
  for (std::int64_t r = 0; r < machine_.rows; ++r)
    for (std::int64_t c = 0; c < machine_.columns; ++c) multiply_streams(r, c);
}

void SystolicRegisters::multiply_streams(std::int64_t r, std::int64_t c) {
  Pe& pe = at(r, c);
  if (!pe.from_left || !pe.from_above) return;
  if (pe.from_left->fold != pe.from_above->fold || pe.from_left->time != pe.from_above->time)
    broken("an ifmap word meets a weight of another product");
  const std::size_t f = pe.from_left->fold;
  const std::int64_t t = pe.from_left->time;
  if (t == 0) {
    if (pe.present) broken("a psum begins where another still is");
    pe.present = Word{f, r, c, -1, 0};
  }
  pe.present->value += pe.from_left->value * pe.from_above->value;
  gates(pe.from_left->value);
  ++result_.register_file.psum.reads;
  ++result_.register_file.psum.writes;
  if (t + 1 < stream_of(f)) return;
  // From the next step on it is in the register that shifts out.
  if (pe.next) broken("an output is overwritten before it has moved down");
  pe.next = pe.present;
  pe.present.reset();
}

// The outputs of a fold leave column c from the step on in which its bottom row is done.
void SystolicRegisters::shift_out(std::int64_t c) {
  for (std::size_t f = oldest_; f < times_.size(); ++f) {
    const std::int64_t begin = times_[f].stream + stream_of(f) + machine_.rows - 1 + c;
    if (step_ < begin || step_ >= begin + machine_.rows) continue;
    Pe& bottom = at(machine_.rows - 1, c);
    if (bottom.next && bottom.next->fold == f) {
      put_out(f, bottom.next->row, c, bottom.next->value);
      bottom.next.reset();
    }
    for (std::int64_t r = machine_.rows; r-- > 1;) {
      Register& above = at(r - 1, c).next;
      if (!above || above->fold != f) continue;
      if (at(r, c).next) broken("an output moves onto another");
      at(r, c).next = above;
      above.reset();
      ++result_.neighbour_hops.psum;
    }
  }
}

void SystolicRegisters::put_out(std::size_t fold, std::int64_t position, std::int64_t filter,
                                std::uint32_t value) {
  const ProductFold& f = folds_[fold];
  const std::int64_t p = f.g * product_.positions + f.p + position;
  auto& out = result_.outputs[static_cast<std::size_t>(p * product_.filters + f.m + filter)];
  ++words_.psum_out;
  const bool adds = f.c > 0 || machine_.reads_initial_psums;
  if (adds) ++words_.psum_in;
  out = static_cast<std::int32_t>((adds ? static_cast<std::uint32_t>(out) : 0U) + value);
}

// Counts a MAC, and says whether the machine spares it.
bool SystolicRegisters::gates(std::uint32_t ifmap_word) {
  const bool gated = machine_.zero_gating && ifmap_word == 0;
  ++(gated ? result_.gated_macs : result_.macs);
  return gated;
}

}  // namespace weir::reference
