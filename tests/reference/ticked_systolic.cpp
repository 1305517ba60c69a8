#include "reference/ticked_systolic.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

namespace weir::reference {
namespace {

// A word on its way, or in a register.
struct Word {
  std::int64_t fold;
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

struct Times {
  std::int64_t load, stream, end;
};

[[noreturn]] void broken(const std::string& what) {
  throw std::logic_error("a systolic array that fails: " + what);
}

class Array {
 public:
  Array(const SystolicSpec& spec, const Product& product, const std::vector<ProductFold>& folds,
        std::int64_t hurry)
      : spec_(spec),
        product_(product),
        folds_(folds),
        pes_(static_cast<std::size_t>(spec.rows * spec.columns)) {
    result_.outputs.assign(static_cast<std::size_t>(product.positions * product.filters), 0);
    for (std::size_t f = 0; f < folds_.size(); ++f) schedule(static_cast<std::int64_t>(f), hurry);
  }

  SystolicResult run() {
    for (step_ = 0; step_ < times_.back().end; ++step_) {
      ifmap_ = weights_ = psums_in_ = psums_out_ = 0;
      if (spec_.stationary == 'o') {
        tick_outputs_stay();
      } else {
        tick_operand_stays();
      }
      pass_time();
    }
    return result_;
  }

 private:
  Pe& at(std::int64_t row, std::int64_t column) {
    return pes_[static_cast<std::size_t>(row * spec_.columns + column)];
  }
  const ProductFold& fold(std::int64_t f) const { return folds_[static_cast<std::size_t>(f)]; }
  std::int64_t fold_count() const { return static_cast<std::int64_t>(folds_.size()); }
  const Times& times(std::int64_t f) const { return times_[static_cast<std::size_t>(f)]; }
  std::int64_t rows_of(const ProductFold& f) const { return spec_.stationary == 'o' ? f.positions : f.taps; }
  std::int64_t columns_of(const ProductFold& f) const {
    return spec_.stationary == 'i' ? f.positions : f.filters;
  }
  std::int64_t stream_of(const ProductFold& f) const {
    return spec_.stationary == 'w' ? f.positions : spec_.stationary == 'i' ? f.filters : f.taps;
  }

  // When each fold begins, as the rules say.
  void schedule(std::int64_t f, std::int64_t hurry) {
    const std::int64_t R = spec_.rows, C = spec_.columns, T = stream_of(fold(f));
    const bool outputs_stay = spec_.stationary == 'o';
    Times t{};
    if (f > 0 && !spec_.double_buffered) t.load = times(f - 1).end;
    if (f > 0 && spec_.double_buffered) {
      const Times& before = times(f - 1);
      const std::int64_t streamed = before.stream + stream_of(fold(f - 1));
      t.load = outputs_stay ? streamed + std::max<std::int64_t>(0, R - T)
                            : std::max(before.stream, before.load + R);
      if (f == 1) t.load -= hurry;
      t.stream = outputs_stay ? t.load : std::max(t.load + R, streamed);
    } else {
      t.stream = outputs_stay ? t.load : t.load + R;
    }
    t.end = t.stream + T + R + C - 2 + (outputs_stay ? R : 0);
    times_.push_back(t);
  }

  std::uint32_t ifmap_value(const ProductFold& f, std::int64_t position, std::int64_t tap) const {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(
        product_.ifmap[static_cast<std::size_t>((f.p + position) * product_.taps + f.c + tap)]));
  }
  std::uint32_t weight_value(const ProductFold& f, std::int64_t tap, std::int64_t filter) const {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(
        product_.weights[static_cast<std::size_t>((f.c + tap) * product_.filters + f.m + filter)]));
  }

  // The word that lane `lane` of a skewed stream brings in this step.
  template <typename Value>
  Register injected(std::int64_t lane, bool is_row, Value value) {
    for (std::int64_t f = 0; f < fold_count(); ++f) {
      const std::int64_t time = step_ - lane - times(f).stream;
      const std::int64_t lanes = is_row ? rows_of(fold(f)) : columns_of(fold(f));
      if (time < 0 || time >= stream_of(fold(f)) || lane >= lanes) continue;
      for (std::int64_t other = f + 1; other < fold_count(); ++other) {
        const std::int64_t also = step_ - lane - times(other).stream;
        if (also >= 0 && also < stream_of(fold(other))) broken("two words enter a lane at once");
      }
      return Word{f, is_row ? lane : -1, is_row ? -1 : lane, time, value(fold(f), time)};
    }
    return {};
  }

  void tick_operand_stays() {
    const bool weights_stay = spec_.stationary == 'w';
    for (std::int64_t r = 0; r < spec_.rows; ++r) {
      for (std::int64_t c = spec_.columns; c-- > 1;) {
        at(r, c).from_left = at(r, c - 1).from_left;
        if (at(r, c).from_left)
          ++(weights_stay ? result_.neighbour_hops.ifmap : result_.neighbour_hops.weight);
      }
      at(r, 0).from_left = injected(r, true, [&](const ProductFold& f, std::int64_t t) {
        return weights_stay ? ifmap_value(f, t, r) : weight_value(f, r, t);
      });
      if (at(r, 0).from_left) ++(weights_stay ? ifmap_ : weights_);
    }
    for (std::int64_t c = 0; c < spec_.columns; ++c) {
      for (std::int64_t r = spec_.rows; r-- > 1;) {
        at(r, c).psum = at(r - 1, c).psum;
        if (at(r, c).psum) ++result_.neighbour_hops.psum;
      }
      const Register& enters = at(0, c).from_left;
      at(0, c).psum.reset();
      if (enters && c < columns_of(fold(enters->fold)))
        at(0, c).psum = Word{enters->fold, -1, c, enters->time, 0};
    }
    for (std::int64_t r = 0; r < spec_.rows; ++r)
      for (std::int64_t c = 0; c < spec_.columns; ++c) multiply_with_held(r, c);
    for (std::int64_t c = 0; c < spec_.columns; ++c) shift_in(c, weights_stay);
    for (std::int64_t c = 0; c < spec_.columns; ++c) {
      const Register& leaves = at(spec_.rows - 1, c).psum;
      if (!leaves) continue;
      const ProductFold& f = fold(leaves->fold);
      weights_stay ? put_out(f, leaves->time, c, leaves->value) : put_out(f, c, leaves->time, leaves->value);
    }
  }

  void multiply_with_held(std::int64_t r, std::int64_t c) {
    Pe& pe = at(r, c);
    if (!pe.from_left || c >= columns_of(fold(pe.from_left->fold))) return;
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
    ++result_.macs;
    ++result_.stationary_reads;
  }

  // Stationary words move down a column until they are in their row, the bottom one's first.
  void shift_in(std::int64_t c, bool weights_stay) {
    for (std::int64_t r = spec_.rows; r-- > 0;) {
      Register enters;
      if (r > 0) {
        if (at(r - 1, c).next && at(r - 1, c).next->row > r - 1) std::swap(enters, at(r - 1, c).next);
        if (enters) ++(weights_stay ? result_.neighbour_hops.weight : result_.neighbour_hops.ifmap);
      } else {
        enters = stationary_injected(c, weights_stay);
        if (enters) ++(weights_stay ? weights_ : ifmap_);
      }
      if (!enters) continue;
      Pe& pe = at(r, c);
      if (pe.next) broken("a stationary word is overwritten before it was used");
      const bool in_use = pe.present && step_ < times(pe.present->fold).end;
      if (!spec_.double_buffered && in_use) broken("a stationary word is overwritten while it is used");
      pe.next = enters;
      if (enters->row == r) ++result_.stationary_writes;
    }
  }

  Register stationary_injected(std::int64_t c, bool weights_stay) {
    for (std::int64_t f = 0; f < fold_count(); ++f) {
      const std::int64_t row = spec_.rows - 1 - (step_ - c - times(f).load);
      if (row < 0 || row >= rows_of(fold(f)) || c >= columns_of(fold(f))) continue;
      return Word{f, row, c, -1, weights_stay ? weight_value(fold(f), row, c) : ifmap_value(fold(f), c, row)};
    }
    return {};
  }

  void tick_outputs_stay() {
    for (std::int64_t c = 0; c < spec_.columns; ++c) shift_out(c);
    for (std::int64_t r = 0; r < spec_.rows; ++r) {
      for (std::int64_t c = spec_.columns; c-- > 1;) {
        at(r, c).from_left = at(r, c - 1).from_left;
        if (at(r, c).from_left) ++result_.neighbour_hops.ifmap;
      }
      at(r, 0).from_left =
          injected(r, true, [&](const ProductFold& f, std::int64_t t) { return ifmap_value(f, r, t); });
      if (at(r, 0).from_left) ++ifmap_;
    }
    for (std::int64_t c = 0; c < spec_.columns; ++c) {
      for (std::int64_t r = spec_.rows; r-- > 1;) {
        at(r, c).from_above = at(r - 1, c).from_above;
        if (at(r, c).from_above) ++result_.neighbour_hops.weight;
      }
      at(0, c).from_above =
          injected(c, false, [&](const ProductFold& f, std::int64_t t) { return weight_value(f, t, c); });
      if (at(0, c).from_above) ++weights_;
    }
    for (std::int64_t r = 0; r < spec_.rows; ++r)
      for (std::int64_t c = 0; c < spec_.columns; ++c) multiply_streams(r, c);
  }

  void multiply_streams(std::int64_t r, std::int64_t c) {
    Pe& pe = at(r, c);
    if (!pe.from_left || !pe.from_above) return;
    if (pe.from_left->fold != pe.from_above->fold || pe.from_left->time != pe.from_above->time)
      broken("an ifmap word meets a weight of another product");
    const std::int64_t f = pe.from_left->fold, t = pe.from_left->time;
    if (t == 0) {
      if (pe.present) broken("a psum begins where another still is");
      pe.present = Word{f, r, c, -1, 0};
    }
    pe.present->value += pe.from_left->value * pe.from_above->value;
    ++result_.macs;
    ++result_.stationary_reads;
    ++result_.stationary_writes;
    if (t + 1 < stream_of(fold(f))) return;
    // From the next step on it is in the register that shifts out.
    if (pe.next) broken("an output is overwritten before it has moved down");
    pe.next = pe.present;
    pe.present.reset();
  }

  // The outputs of a fold leave column c from the step on in which its bottom row is done.
  void shift_out(std::int64_t c) {
    for (std::int64_t f = 0; f < fold_count(); ++f) {
      const std::int64_t begin = times(f).stream + stream_of(fold(f)) + spec_.rows - 1 + c;
      if (step_ < begin || step_ >= begin + spec_.rows) continue;
      Pe& bottom = at(spec_.rows - 1, c);
      if (bottom.next && bottom.next->fold == f) {
        put_out(fold(f), bottom.next->row, c, bottom.next->value);
        bottom.next.reset();
      }
      for (std::int64_t r = spec_.rows; r-- > 1;) {
        Register& above = at(r - 1, c).next;
        if (!above || above->fold != f) continue;
        if (at(r, c).next) broken("an output moves onto another");
        at(r, c).next = above;
        above.reset();
        ++result_.neighbour_hops.psum;
      }
    }
  }

  void put_out(const ProductFold& f, std::int64_t position, std::int64_t filter, std::uint32_t value) {
    auto& out = result_.outputs[static_cast<std::size_t>((f.p + position) * product_.filters + f.m + filter)];
    ++psums_out_;
    ++result_.psum_writes;
    const bool adds = f.c > 0 || spec_.reads_initial_psums;
    if (adds) ++psums_in_;
    out = static_cast<std::int32_t>((adds ? static_cast<std::uint32_t>(out) : 0U) + value);
  }

  // The present step lasts until every link has sent its words.
  void pass_time() {
    std::int64_t cycles = 1;
    std::int64_t* wait = nullptr;
    const auto send = [&](std::int64_t words, std::int64_t words_per_cycle, std::int64_t& state,
                          SystolicResult::Busy& link) {
      if (words == 0) return;
      const std::int64_t needed = words_per_cycle == 0 ? 1 : (words + words_per_cycle - 1) / words_per_cycle;
      link.busy += needed;
      link.last = result_.cycles + needed;
      if (needed <= cycles) return;
      cycles = needed;
      wait = &state;
    };
    send(ifmap_, spec_.ifmap_words, result_.wait_ifmap, result_.ifmap);
    send(weights_, spec_.weight_words, result_.wait_weight, result_.weight);
    send(psums_in_, spec_.psum_in_words, result_.wait_psum, result_.psum_in);
    send(psums_out_, spec_.psum_out_words, result_.wait_output_space, result_.psum_out);
    result_.buffer_reads.ifmap += ifmap_;
    result_.buffer_reads.weight += weights_;
    result_.buffer_reads.psum += psums_in_;

    std::int64_t current = 0;
    for (std::int64_t f = 1; f < fold_count(); ++f) {
      if (step_ >= (spec_.double_buffered ? times(f).stream : times(f).load)) current = f;
    }
    const std::int64_t used = rows_of(fold(current)) * columns_of(fold(current));
    if (wait != nullptr) *wait += (cycles - 1) * used;
    result_.unmapped += cycles * (spec_.rows * spec_.columns - used);
    const bool loads = spec_.stationary != 'o' && step_ < times(current).load + spec_.rows &&
                       (current == 0 || !spec_.double_buffered);
    if (loads) (spec_.stationary == 'w' ? result_.wait_weight : result_.wait_ifmap) += used;
    if (!loads) result_.fill_drain += used;  // its MACs are taken off below
    result_.cycles += cycles;
    const std::int64_t end = current + 1 < fold_count() ? (spec_.double_buffered ? times(current + 1).stream
                                                                                 : times(current + 1).load)
                                                        : times(current).end;
    if (step_ + 1 == end) {
      result_.mac += used * stream_of(fold(current));
      result_.fill_drain -= used * stream_of(fold(current));
    }
  }

  const SystolicSpec& spec_;
  const Product& product_;
  const std::vector<ProductFold>& folds_;
  std::vector<Times> times_;
  std::vector<Pe> pes_;
  std::int64_t step_ = 0;
  std::int64_t ifmap_ = 0, weights_ = 0, psums_in_ = 0, psums_out_ = 0;  // of this step
  SystolicResult result_;
};

}  // namespace

SystolicResult run_systolic(const SystolicSpec& spec, const Product& product,
                            const std::vector<ProductFold>& folds, std::int64_t hurry) {
  return Array(spec, product, folds, hurry).run();
}

}  // namespace weir::reference
