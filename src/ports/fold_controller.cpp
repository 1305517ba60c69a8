#include "ports/fold_controller.h"

#include <algorithm>
#include <array>

#include "ports/traced.h"

namespace weir::ports {

using stats::PeState;

FoldController::FoldController(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_METHOD(run_cycle);
  sensitive << work.pos();
  dont_initialize();
}

void FoldController::begin_layer(const Program& program, const SystolicRoles& roles) {
  program_ = &program;
  const Accelerator& a = program.accelerator();
  is_double_buffered_ = a.double_buffered;
  fetches_weights_ = roles.stationary == Tensor::weight && !program.mapping().weights_in_global_buffer;
  next_.emplace(program, roles);
  asked_.emplace(program, roles);
  folds_.clear();
  last_.reset();
  owner_ = next_->fold();
  owner_has_begun_ = runs_ = false;
  step_ = cycles_of_step_ = waited_ = 0;
  folds_under_way_ = 0;
  cycles_ = {};
  find_earliest();
  if (fetches_weights_) {
    const Tile full{{}, program.nest().tile(Level::pe_rows)};
    const auto fold_words = static_cast<std::int64_t>(program.words(Tensor::weight, full).size());
    const std::int64_t ahead =
        std::min<std::int64_t>(64, a.global_buffer.weight_prefetch_words / fold_words);  // timing-model.md
    for (std::int64_t i = 0; i < ahead; ++i) ask_for_weights();
  }
  step.write(0);
  drain.write(false);
  unfinished_step.write(0);
  unfinished_visit.write(0);
}

void FoldController::ask_for_weights() {
  if (asked_->at_end()) return;
  buffer->expect(Tensor::weight, asked_->fold().step,
                 program_->words(Tensor::weight, asked_->fold().step.tile));
  asked_->next();
}

/// When the next fold could begin if its words were there: PEs have registers for it.
void FoldController::find_earliest() {
  tile_was_there_ = weights_were_there_ = false;
  earliest_ = earliest_stream_ = 0;
  if (next_->at_end()) return;
  const Fold& next = next_->fold();
  const std::int64_t rows = next.array_rows;
  if (!last_) {
    earliest_stream_ = next.keeps_psums() ? 0 : rows;
  } else if (!is_double_buffered_) {
    earliest_ = last_->end();
    earliest_stream_ = earliest_ + (next.keeps_psums() ? 0 : rows);
  } else if (next.keeps_psums()) {
    earliest_ = last_->stream + last_->length + std::max<std::int64_t>(0, rows - next.length);
    earliest_stream_ = earliest_;
  } else {
    earliest_ = std::max(last_->stream, last_->load + rows);
    earliest_stream_ = std::max(earliest_ + rows, last_->stream + last_->length);
  }
}

bool FoldController::words_are_there() {
  const Step& at = next_->fold().step;
  const bool tile = buffer->has(Tensor::ifmap, at);
  const bool weights = !fetches_weights_ || buffer->has(Tensor::weight, at);
  if (tile && !tile_was_there_) came_last_ = PeState::wait_ifmap;
  if (weights && !weights_were_there_ && fetches_weights_ && !(tile && !tile_was_there_))
    came_last_ = PeState::wait_weight;
  tile_was_there_ = tile;
  weights_were_there_ = weights;
  return tile && weights;
}

void FoldController::run_cycle() {
  ++cycles_of_step_;
  if (runs_ && !step_done.read()) return;
  if (runs_) {
    --cycles_of_step_;
    count_step();
    ++step_;
    cycles_of_step_ = 1;
  }
  runs_ = true;
  end_folds();
  let_weights_go();
  begin_fold();
  drain.write(std::any_of(folds_.begin(), folds_.end(), [&](const Fold& fold) {
    const std::int64_t first = fold.stream + fold.length + fold.array_rows - 1;
    return fold.keeps_psums() && step_ >= first && step_ < first + fold.array_rows;
  }));
  step.write(step_);
}

void FoldController::end_folds() {
  while (!folds_.empty() && folds_.front().end() <= step_) {
    const Fold ended = folds_.front();
    folds_.pop_front();
    for (const Tensor tensor : {Tensor::ifmap, Tensor::weight}) buffer->has_read(tensor, ended.step);
    const bool is_last = folds_.empty() && next_->at_end();
    const Step& first = folds_.empty() ? next_->fold().step : folds_.front().step;
    unfinished_step.write(is_last ? kAllSteps : first.number);
    unfinished_visit.write(is_last ? kAllSteps : first.visit);
  }
}

/// Stationary weights that have all entered make room in the FIFO: the leftmost column's; those of the others
/// follow a step behind each other.
void FoldController::let_weights_go() {
  if (fetches_weights_ && last_ && last_->load + last_->array_rows == step_) ask_for_weights();
}

void FoldController::begin_fold() {
  const auto own_time = [&](const Fold& fold) { return is_double_buffered_ ? fold.stream : fold.load; };
  if (!next_->at_end() && step_ >= earliest_) {
    if (!is_double_buffered_) {
      owner_ = next_->fold();
      owner_has_begun_ = false;
    }
    buffer->expect(Tensor::ifmap, next_->fold().step, {});
    if (words_are_there()) {
      Fold fold = next_->fold();
      fold.load = step_;
      fold.stream = fold.keeps_psums() ? step_ : step_ + fold.array_rows;
      if (last_ && is_double_buffered_) fold.stream = std::max(fold.stream, earliest_stream_);
      fold.free_stream = earliest_stream_;
      fold.wait = came_last_;
      cycles_[fold.wait] += std::exchange(waited_, 0);
      if (!last_) owner_ = fold;
      last_ = fold;
      folds_.push_back(fold);
      for (int i = 0; i < links.size(); ++i) links[i]->begin_fold(fold);
      next_->next();
      find_earliest();
    }
  }
  for (const Fold& fold : folds_) {
    if (own_time(fold) == step_ || (fold.step.number == owner_.step.number)) {
      owner_ = fold;
      owner_has_begun_ = true;
    }
  }
  folds_under_way_ = static_cast<int>(folds_.size());
}

/// What the PEs of the fold whose time it is do in this step; nothing while they wait for DRAM and it is not
/// known for what.
std::optional<PeState> FoldController::state() const {
  if (!owner_has_begun_) return std::nullopt;
  const std::int64_t rows = owner_.array_rows;
  const bool shows_load = !owner_.keeps_psums() && (!is_double_buffered_ || owner_.step.number == 0);
  if (shows_load && step_ >= owner_.load && step_ < owner_.load + rows)
    return owner_.roles.stationary == Tensor::weight ? PeState::wait_weight : PeState::wait_ifmap;
  if (step_ >= owner_.stream && step_ < owner_.stream + owner_.length) return PeState::mac;
  if (is_double_buffered_ && last_->step.number > owner_.step.number) {
    if (step_ >= last_->free_stream && step_ < last_->stream) return last_->wait;
  } else if (is_double_buffered_ && !next_->at_end() && step_ >= earliest_stream_) {
    return std::nullopt;
  }
  return PeState::fill_drain;
}

/// Of the link that holds a step up.
PeState FoldController::link_state() const {
  constexpr std::array kStates = {PeState::wait_ifmap, PeState::wait_weight, PeState::wait_psum,
                                  PeState::wait_output_space};
  std::size_t slowest = 0;
  for (std::size_t i = 1; i < kStates.size(); ++i) {
    if (links[static_cast<int>(i)]->cycles_needed() > links[static_cast<int>(slowest)]->cycles_needed())
      slowest = i;
  }
  return kStates[slowest];
}

void FoldController::count_step() {
  const std::int64_t pes = owner_.pes();
  const auto now = state();
  if (now) {
    cycles_[*now] += pes;
  } else {
    waited_ += pes;
  }
  cycles_[link_state()] += (cycles_of_step_ - 1) * pes;
  cycles_[PeState::unmapped] += cycles_of_step_ * (owner_.array_rows * owner_.array_columns - pes);
}

void FoldController::count_into(stats::LayerStats& stats) const {
  for (std::size_t i = 0; i < stats::kPeStates; ++i) stats.pe_cycles.values[i] += cycles_.values[i];
}

void FoldController::trace(sc_core::sc_trace_file* file) const {
  record(file, *this, step_, "step");
  record(file, *this, folds_under_way_, "folds");
}

}  // namespace weir::ports
