#include "timing/systolic_timeline.h"

#include <algorithm>

namespace weir::timing {

using stats::Link;
using stats::PeState;

SystolicTimeline::SystolicTimeline(const Accelerator& accelerator, Tensor stationary)
    : accelerator_(accelerator),
      rows_(accelerator.rows),
      columns_(accelerator.columns),
      stationary_(stationary) {
  const NetworksSpec& networks = accelerator.networks;
  links_[kIfmap].words_per_cycle = networks.ifmap.words_per_cycle;
  links_[kWeight].words_per_cycle = networks.weight.words_per_cycle;
  links_[kPsumIn].words_per_cycle = networks.psum_in.words_per_cycle;
  links_[kPsumOut].words_per_cycle = networks.psum_out.words_per_cycle;
}

void SystolicTimeline::begin(const Fold& fold, Cycle gate, bool for_weights) {
  const PeState waits = for_weights ? PeState::wait_weight : PeState::wait_ifmap;
  if (!accelerator_.double_buffered) return append(fold, gate, waits);
  const Step earliest = next_begin(fold);
  if (!begun_) open_ = {fold, 0, 0};
  advance(earliest);
  advance(kNever, gate);
  const Step begin = at_;
  if (stationary_ == Tensor::psum) {
    explain(waits, begin - earliest);
    begin_at_once(fold, begin);
  } else {
    const Step streams_until = begun_ ? stream_ + last_.stream : 0;
    explain(waits, std::max(begin + rows_, streams_until) - std::max(earliest + rows_, streams_until));
    if (!begun_) explain(stationary_ == Tensor::weight ? PeState::wait_weight : PeState::wait_ifmap, rows_);
    begin_after_load(fold, begin);
  }
  if (begun_) coming_ = Interval{fold, stream_, 0};
  last_ = fold;
  begun_ = true;
}

void SystolicTimeline::append(const Fold& fold, Cycle gate, PeState waits) {
  const Alone& cost = alone(fold);
  const std::int64_t used = fold.rows * fold.columns;
  const Cycle waited = std::max<Cycle>(0, gate - now_);
  cycles_[waits] += waited * used;
  cycles_[PeState::unmapped] += waited * (rows_ * columns_ - used);
  for (std::size_t i = 0; i < stats::kPeStates; ++i) cycles_.values[i] += cost.states.values[i];
  now_ += waited;
  loaded_ = now_ + cost.loaded;
  for (std::size_t i = 0; i < kNetworks; ++i) {
    links_[i].busy += cost.busy[i];
    if (cost.busy[i] > 0) links_[i].sent_until = now_ + cost.sent_until[i];
  }
  now_ += cost.cycles;
  last_ = fold;
}

const SystolicTimeline::Alone& SystolicTimeline::alone(const Fold& fold) {
  const auto found =
      std::find_if(known_.begin(), known_.end(), [&](const Alone& a) { return a.fold == fold; });
  if (found != known_.end()) return *found;
  Accelerator overlapping = accelerator_;
  overlapping.double_buffered = true;
  SystolicTimeline single(overlapping, stationary_);
  single.begin(fold, 0, false);
  Alone& cost = known_.emplace_back();
  cost.fold = fold;
  cost.loaded = single.stationary_sent();
  cost.cycles = single.done();
  stats::LayerStats stats;
  single.finish(cost.cycles, stats);
  cost.states = stats.pe_cycles;
  for (std::size_t i = 0; i < kNetworks; ++i) {
    cost.busy[i] = single.links_[i].busy;
    cost.sent_until[i] = single.links_[i].sent_until;
  }
  return cost;
}

SystolicTimeline::Step SystolicTimeline::next_begin(const Fold& fold) {
  if (!begun_) return 0;
  if (coming_) {
    advance(coming_->begin);
    close(coming_->begin);
    open_ = *coming_;
    coming_.reset();
  }
  // The next stationary words may follow when the corner has taken over those before, and these have all
  // entered; the next outputs may be done when those before have left the top row.
  return stationary_ == Tensor::psum ? stream_ + last_.stream + std::max<std::int64_t>(0, rows_ - fold.stream)
                                     : std::max(stream_, load_ + rows_);
}

void SystolicTimeline::begin_after_load(const Fold& fold, Step load) {
  load_ = load;
  stream_ = begun_ ? std::max(load + rows_, stream_ + last_.stream) : load + rows_;
  end_ = stream_ + fold.stream + rows_ + columns_ - 2;
  const bool holds_weights = stationary_ == Tensor::weight;
  // The bottom row's words enter first; words for rows that are not used do not exist.
  add_burst(holds_weights ? kWeight : kIfmap, load + rows_ - fold.rows, fold.columns, fold.rows);
  add_burst(holds_weights ? kIfmap : kWeight, stream_, fold.rows, fold.stream);
  add_outputs(fold, stream_ + rows_ - 1, fold.stream);
}

void SystolicTimeline::begin_at_once(const Fold& fold, Step stream) {
  load_ = stream_ = stream;
  const Step drain = stream + fold.stream + rows_ - 1;
  end_ = drain + columns_ - 1 + rows_;
  add_burst(kIfmap, stream, fold.rows, fold.stream);
  add_burst(kWeight, stream, fold.columns, fold.stream);
  add_outputs(fold, drain + rows_ - fold.rows, fold.rows);
}

Cycle SystolicTimeline::stationary_sent() {
  if (!accelerator_.double_buffered) return loaded_;
  if (stationary_ != Tensor::psum) advance(load_ + rows_);
  return now_;
}

Cycle SystolicTimeline::done() const {
  if (!accelerator_.double_buffered) return now_;
  SystolicTimeline rest = *this;
  rest.advance(end_);
  return rest.now_;
}

void SystolicTimeline::finish(Cycle end, stats::LayerStats& stats) {
  if (coming_) {
    advance(coming_->begin);
    close(coming_->begin);
    open_ = *coming_;
  }
  if (accelerator_.double_buffered) {
    advance(end_);
    close(end_);
  }
  const std::int64_t used = last_.rows * last_.columns;
  cycles_[PeState::fill_drain] += (end - now_) * used;
  cycles_[PeState::unmapped] += (end - now_) * (rows_ * columns_ - used);
  stats.pe_cycles = cycles_;
  for (const auto& [link, network] :
       {std::pair(Link::ifmap, kIfmap), std::pair(Link::weight, kWeight), std::pair(Link::psum_in, kPsumIn),
        std::pair(Link::psum_out, kPsumOut)}) {
    const auto& [rate, words, slope, busy, sent_until] = links_[network];
    stats.links[static_cast<std::size_t>(link)] = {busy, sent_until - busy, end - sent_until};
  }
}

void SystolicTimeline::explain(PeState state, std::int64_t steps) {
  cycles_[state] += steps * open_.fold.rows * open_.fold.columns;
  open_.explained += steps;
}

void SystolicTimeline::close(Step end) {
  static constexpr std::array<PeState, kNetworks> kWaits = {PeState::wait_ifmap, PeState::wait_weight,
                                                            PeState::wait_psum, PeState::wait_output_space};
  const std::int64_t used = open_.fold.rows * open_.fold.columns;
  std::int64_t cycles = end - open_.begin;
  explain(PeState::mac, open_.fold.stream);
  explain(PeState::fill_drain, cycles - open_.explained);
  for (std::size_t i = 0; i < kNetworks; ++i) {
    cycles += stalls_[i];
    cycles_[kWaits[i]] += stalls_[i] * used;
    stalls_[i] = 0;
  }
  cycles_[PeState::unmapped] += cycles * (rows_ * columns_ - used);
}

void SystolicTimeline::add_burst(std::size_t link, Step from, std::int64_t lanes, std::int64_t words) {
  add_change({from, link, 1});
  add_change({from + lanes, link, -1});
  add_change({from + words, link, -1});
  add_change({from + words + lanes, link, 1});
}

void SystolicTimeline::add_outputs(const Fold& fold, Step from, std::int64_t words) {
  add_burst(kPsumOut, from, fold.columns, words);
  if (fold.reads_psums) add_burst(kPsumIn, from, fold.columns, words);
}

void SystolicTimeline::add_change(const Change& change) {
  const auto later = [](const Change& a, const Change& b) { return a.step > b.step; };
  changes_.insert(std::upper_bound(changes_.begin(), changes_.end(), change, later), change);
}

void SystolicTimeline::advance(Step step, Cycle until) {
  while (at_ < step && now_ < until) {
    while (!changes_.empty() && changes_.back().step == at_) {
      links_[changes_.back().link].slope += changes_.back().slope;
      changes_.pop_back();
    }
    const Step next = changes_.empty() ? step : std::min(step, changes_.back().step);
    const std::int64_t steps = next - at_;
    std::int64_t most = 1;
    bool level = true;
    for (const LinkState& link : links_) {
      const std::int64_t after = link.words + (steps < kNever / 2 ? steps * link.slope : 0);
      level = level && link.slope == 0;
      most = std::max(most, link.cycles_for(std::max(link.words, after)));
    }
    if (level) {
      run_level(std::min(steps, (until - now_ + most - 1) / most));
    } else if (most == 1) {
      run_unstalled(std::min(steps, until - now_));
    } else {
      run_one();
    }
  }
}

void SystolicTimeline::run_level(std::int64_t steps) {
  std::int64_t most = 1;
  std::size_t slowest = kNetworks;
  for (std::size_t i = 0; i < kNetworks; ++i) {
    const std::int64_t cycles = links_[i].cycles_for(links_[i].words);
    if (cycles > most) {
      most = cycles;
      slowest = i;
    }
  }
  if (slowest < kNetworks) stalls_[slowest] += steps * (most - 1);
  for (LinkState& link : links_) {
    if (link.words == 0) continue;
    const std::int64_t cycles = link.cycles_for(link.words);
    link.busy += steps * cycles;
    link.sent_until = now_ + (steps - 1) * most + cycles;
  }
  at_ += steps;
  now_ += steps * most;
}

void SystolicTimeline::run_unstalled(std::int64_t steps) {
  for (LinkState& link : links_) {
    const std::int64_t before = link.words;
    link.words += steps * link.slope;
    // On the way up the first step has words, on the way down the last one may have none.
    const std::int64_t sending = before == 0 && link.slope <= 0 ? 0 : steps - (link.words == 0 ? 1 : 0);
    link.busy += sending;
    if (sending > 0) link.sent_until = now_ + sending;
  }
  at_ += steps;
  now_ += steps;
}

void SystolicTimeline::run_one() {
  for (LinkState& link : links_) link.words += link.slope;
  run_level(1);
}

}  // namespace weir::timing
