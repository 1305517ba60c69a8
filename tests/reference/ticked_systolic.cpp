#include "reference/ticked_systolic.h"

#include <algorithm>
#include <stdexcept>

#include "reference/dram.h"
#include "reference/schedule.h"
#include "reference/systolic_registers.h"

namespace weir::reference {
namespace {

constexpr std::int64_t kMostFoldsAhead = 64;
constexpr std::int64_t kPatience = 1'000'000;

// The array as it begins folds and passes time.
class Array {
 public:
  // dram: none if everything is in the buffer from the beginning.
  Array(const MachineSpec& machine, const Product& product, const std::vector<ProductFold>& folds,
        std::int64_t hurry, Dram* dram)
      : machine_(machine),
        folds_(folds.size()),
        hurry_(hurry),
        dram_(dram),
        registers_(machine, product, folds, times_, result_) {}

  Result run() {
    std::int64_t waited = 0;
    while (!finished()) {
      begin_fold();
      pass_time(registers_.tick(step_));
      ++step_;
      waited = missing_ == nullptr ? 0 : waited + 1;
      if (waited > kPatience) throw std::logic_error("the array is stuck");
    }
    // MACs count in the fold's time, gated or not.
    result_.states.gated_mac = result_.gated_macs;
    result_.states.mac -= result_.gated_macs;
    return result_;
  }

 private:
  bool outputs_stay() const { return machine_.stationary == 'o'; }
  bool ended(std::size_t folds) const {
    return times_.size() >= folds && (folds == 0 || times_[folds - 1].end <= step_);
  }
  bool finished() const { return ended(folds_) && (dram_ == nullptr || dram_->finished()); }

  // The first step in which a fold may begin if it need not wait for DRAM.
  std::int64_t earliest(std::size_t f) const {
    if (f == 0) return 0;
    const FoldTimes& before = times_[f - 1];
    const std::int64_t R = machine_.rows, hurry = f == 1 ? hurry_ : 0;
    if (!machine_.double_buffered) return before.end - hurry;
    if (!outputs_stay()) return std::max(before.stream, before.load + R) - hurry;
    return before.stream + registers_.stream_of(f - 1) +
           std::max<std::int64_t>(0, R - registers_.stream_of(f)) - hurry;
  }

  // When its stream would begin then.
  std::int64_t earliest_stream(std::size_t f) const {
    if (outputs_stay()) return earliest(f);
    const std::int64_t loaded = earliest(f) + machine_.rows;
    return f == 0 ? loaded : std::max(loaded, times_[f - 1].stream + registers_.stream_of(f - 1));
  }

  // Begins the next fold, if nothing is missing.
  void begin_fold() {
    const std::size_t f = times_.size();
    if (f == folds_ || step_ < earliest(f)) return;
    if (dram_ != nullptr) {
      const auto fold = static_cast<std::int64_t>(f);
      const bool weights_missing = !dram_->weights_here(fold);
      if (weights_missing || !dram_->allows(fold)) {
        missing_ = weights_missing ? &result_.states.wait_weight : &result_.states.wait_ifmap;
        return;
      }
    }
    // All of its wait is that for what came last.
    if (missing_ != nullptr) *missing_ += wait_;
    wait_ = 0;
    held_up_by_ = missing_;
    missing_ = nullptr;
    const std::int64_t R = machine_.rows, C = machine_.columns, T = registers_.stream_of(f);
    FoldTimes t{step_, step_, 0};
    if (!outputs_stay()) t.stream += R;
    if (!outputs_stay() && machine_.double_buffered && f > 0)
      t.stream = std::max(t.stream, times_[f - 1].stream + registers_.stream_of(f - 1));
    t.end = t.stream + T + R + C - 2 + (outputs_stay() ? R : 0);
    times_.push_back(t);
  }

  // The present step lasts until every link has sent its words.
  void pass_time(const LinkWords& words) {
    std::int64_t cycles = 1;
    std::int64_t* longest = nullptr;
    const auto send = [&](std::int64_t count, std::int64_t words_per_cycle, std::int64_t& state,
                          std::int64_t& busy, std::int64_t& last_sent) {
      if (count == 0) return;
      const std::int64_t needed = words_per_cycle == 0 ? 1 : (count + words_per_cycle - 1) / words_per_cycle;
      busy += needed;
      last_sent = result_.cycles + needed;
      if (needed <= cycles) return;
      cycles = needed;
      longest = &state;
    };
    StateCycles& states = result_.states;
    LinkCycles& busy = result_.busy;
    LinkCycles& last = result_.last_sent;
    send(words.ifmap, machine_.ifmap_words_per_cycle, states.wait_ifmap, busy.ifmap, last.ifmap);
    send(words.weight, machine_.weight_words_per_cycle, states.wait_weight, busy.weight, last.weight);
    send(words.psum_in, machine_.psum_in_words_per_cycle, states.wait_psum, busy.psum_in, last.psum_in);
    send(words.psum_out, machine_.psum_out_words_per_cycle, states.wait_output_space, busy.psum_out,
         last.psum_out);
    count(words);
    for (std::int64_t i = 0; i < cycles; ++i) {
      record_states(i == 0 ? state() : *longest);
      move_dram(i + 1 == cycles);
      ++result_.cycles;
    }
  }

  void count(const LinkWords& words) {
    result_.global_buffer.ifmap.reads += words.ifmap;
    result_.global_buffer.weight.reads += words.weight;
    result_.global_buffer.psum.reads += words.psum_in;
    result_.global_buffer.psum.writes += words.psum_out;
    result_.network_hops.ifmap += words.ifmap;
    result_.network_hops.weight += words.weight;
    result_.network_hops.psum += words.psum_in + words.psum_out;
  }

  void move_dram(bool last_of_step) {
    if (dram_ == nullptr) return;
    const std::int64_t boundary = dram_->next_boundary();
    dram_->decide(boundary >= 0 && ended(static_cast<std::size_t>(boundary)));
    dram_->advance();
    if (outputs_stay() || !last_of_step || entered_ == times_.size()) return;
    if (step_ + 1 < times_[entered_].load + machine_.rows) return;
    ++entered_;
    dram_->weights_sent();
  }

  // Whose time it is (section 12, States).
  std::size_t current() {
    if (machine_.double_buffered) {
      while (current_ + 1 < times_.size() && times_[current_ + 1].stream <= step_) ++current_;
    } else {
      while (current_ + 1 < folds_ && ended(current_ + 1)) ++current_;
    }
    return current_;
  }

  // What the PEs that this fold uses do in a step.
  std::int64_t& state() {
    StateCycles& states = result_.states;
    const std::size_t f = current();
    if (f == times_.size()) return wait_;  // it has not begun
    const FoldTimes& fold = times_[f];
    const bool shows_load = f == 0 || !machine_.double_buffered;
    if (!outputs_stay() && shows_load && step_ < fold.load + machine_.rows)
      return machine_.stationary == 'w' ? states.wait_weight : states.wait_ifmap;
    if (step_ < fold.stream + registers_.stream_of(f)) return states.mac;
    if (!machine_.double_buffered || f + 1 == folds_ || step_ < earliest_stream(f + 1))
      return states.fill_drain;
    return f + 1 == times_.size() ? wait_ : *held_up_by_;
  }

  void record_states(std::int64_t& state) {
    const std::size_t f = current();
    const std::int64_t used = registers_.rows_of(f) * registers_.columns_of(f);
    state += used;
    result_.states.unmapped += machine_.rows * machine_.columns - used;
  }

  const MachineSpec& machine_;
  std::size_t folds_;
  std::int64_t hurry_;
  Dram* dram_;
  std::vector<FoldTimes> times_;  // of those that have begun
  Result result_;
  SystolicRegisters registers_;
  std::int64_t step_ = 0;
  std::size_t current_ = 0;  // whose time it is
  std::size_t entered_ = 0;  // folds whose stationary words have all entered
  // The state in which the next fold waits for what DRAM has not sent, and its PEs' cycles in it so far; the
  // state in which the last one waited.
  std::int64_t* missing_ = nullptr;
  std::int64_t wait_ = 0;
  std::int64_t* held_up_by_ = nullptr;
};

}  // namespace

Result run_systolic(const MachineSpec& machine, const Product& product, const std::vector<ProductFold>& folds,
                    std::int64_t hurry) {
  return Array(machine, product, folds, hurry, nullptr).run();
}

Result simulate_systolic(const LayerShape& layer, const NestSpec& nest, const MachineSpec& given,
                         const LayerData& data) {
  const LayerShape shape = product_shape(layer);
  MachineSpec machine = given;
  const std::vector<Step> steps = enumerate_steps(shape, nest, machine);
  const std::vector<ProductFold> folds = make_folds(steps);
  std::vector<Delivery> weights;  // of the FIFO: each fold's anew
  if (!nest.weights_in_global_buffer) {
    if (machine.stationary != 'w') throw std::invalid_argument("weights that stream past the buffer");
    weights = make_deliveries(make_new_words(steps, Operand::kWeight, false), Operand::kWeight);
    // The first fold is as large as any.
    machine.prefetched_steps = std::min(
        kMostFoldsAhead, machine.weight_prefetch_words / (folds.front().taps * folds.front().filters));
    if (machine.prefetched_steps == 0) throw std::invalid_argument("a fold's weights do not fit the FIFO");
  }
  const std::vector<BufferTile> tiles = make_buffer_tiles(shape, machine, steps);
  Dram dram(nest, machine, tiles, weights, static_cast<std::int64_t>(steps.size()));
  Result result = Array(machine, lower(layer, data), folds, 0, &dram).run();
  dram.count(result);
  result.outputs = raise(layer, result.outputs);
  return result;
}

}  // namespace weir::reference
