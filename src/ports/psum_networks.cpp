#include "ports/psum_networks.h"

#include "ports/traced.h"

namespace weir::ports {

using stats::Action;
using stats::Component;

void BurstSequencer::make() {
  const Visit& visit = visits_.visit();
  const auto& chains = program_->plan(visit.first.tile.extents).chains;
  burst_.visit = visit;
  burst_.chain = chains[chain_];
  burst_.ends_visit = chain_ + 1 == chains.size();
  burst_.words = program_->words(Tensor::psum, *program_->tile_of(burst_.chain.top, visit.first.tile));
}

void BurstSequencer::next() {
  ++burst_.number;
  ++chain_;
  if (burst_.ends_visit) {
    chain_ = 0;
    visits_.next();
  }
  if (!visits_.at_end()) make();
}

PsumInNetwork::PsumInNetwork(const sc_core::sc_module_name& name, std::int64_t words_per_cycle)
    : sc_module(name), words_per_cycle_(words_per_cycle) {
  SC_METHOD(run_cycle);
  sensitive << send.pos();
  dont_initialize();
}

void PsumInNetwork::begin_layer(Program& program) {
  program_ = &program;
  bursts_.emplace(program);
  last_burst_.clear();
  word_ = 0;
  is_busy_ = false;
  sent_ = 0;
  cycles_ = {};
  find_burst();
}

/// Goes on to a burst that there is: sums that begin in the PE come from nowhere.
void PsumInNetwork::find_burst() {
  for (; !bursts_->at_end(); bursts_->next()) {
    const Burst& burst = bursts_->burst();
    const auto [last, is_first] = last_burst_.try_emplace(burst.words.front(), kNobody);
    const bool adds = burst.chain.adds_to_others || !burst.visit.is_first;
    waits_for_ = adds ? last->second : kNobody;
    last->second = burst.number;
    if (adds || program_->accelerator().networks.psum_ports.reads_initial) return;
  }
}

bool PsumInNetwork::may_begin() const {
  const Burst& burst = bursts_->burst();
  return unwritten_burst.read() > waits_for_ && buffer_in->has_psums(burst.visit.first) &&
         pes_out[static_cast<int>(burst.chain.bottom)]->has_room(
             static_cast<std::int64_t>(burst.words.size()));
}

void PsumInNetwork::run_cycle() {
  is_busy_ = !bursts_->at_end() && (word_ > 0 || may_begin());
  ++(is_busy_ ? cycles_.busy : bursts_->at_end() ? cycles_.idle : cycles_.blocked);
  if (!is_busy_) return;
  const Burst& burst = bursts_->burst();
  auto* const port = pes_out[static_cast<int>(burst.chain.bottom)];
  if (word_ == 0) port->begin_burst(static_cast<std::int64_t>(burst.words.size()));
  for (std::int64_t i = 0; i < words_per_cycle_ && word_ < burst.words.size(); ++i, ++word_, ++sent_)
    port->send({burst.words[word_], buffer_in->read_psum(burst.words[word_])});
  if (word_ < burst.words.size()) return;
  word_ = 0;
  bursts_->next();
  find_burst();
}

void PsumInNetwork::count_into(stats::LayerStats& stats) const {
  stats.links[static_cast<std::size_t>(stats::Link::psum_in)] = cycles_;
  stats.counts.add(Component::network, Tensor::psum, Action::hop, sent_);
}

PsumOutNetwork::PsumOutNetwork(const sc_core::sc_module_name& name, std::int64_t words_per_cycle)
    : sc_module(name), words_per_cycle_(words_per_cycle) {
  SC_METHOD(run_cycle);
  sensitive << send.pos();
  dont_initialize();
}

void PsumOutNetwork::begin_layer(Program& program) {
  bursts_.emplace(program);
  word_ = 0;
  is_busy_ = false;
  sent_ = 0;
  cycles_ = {};
  unwritten_burst.write(0);
  unwritten_visit.write(0);
}

void PsumOutNetwork::run_cycle() {
  if (bursts_->at_end()) {
    is_busy_ = false;
    ++cycles_.idle;
    return;
  }
  const Burst& burst = bursts_->burst();
  auto* const port = pes_in[static_cast<int>(burst.chain.top)];
  const auto words = static_cast<std::int64_t>(burst.words.size());
  is_busy_ = word_ > 0 || port->has_words(words);  // all of them: the top has ended its accumulation
  ++(is_busy_ ? cycles_.busy : cycles_.blocked);
  if (!is_busy_) return;
  const bool is_finished = burst.visit.is_last && burst.chain.is_last;
  for (std::int64_t i = 0; i < words_per_cycle_ && word_ < burst.words.size(); ++i, ++word_, ++sent_)
    buffer_out->write_psum(port->take(), is_finished);
  if (word_ < burst.words.size()) return;
  word_ = 0;
  port->end_burst(words);
  const std::int64_t visit = burst.visit.first.visit;
  const bool ends_visit = burst.ends_visit;
  bursts_->next();
  unwritten_burst.write(bursts_->at_end() ? kAllSteps : bursts_->burst().number);
  if (ends_visit) unwritten_visit.write(bursts_->at_end() ? kAllSteps : visit + 1);
}

void PsumOutNetwork::count_into(stats::LayerStats& stats) const {
  stats.links[static_cast<std::size_t>(stats::Link::psum_out)] = cycles_;
  stats.counts.add(Component::network, Tensor::psum, Action::hop, sent_);
}

void PsumInNetwork::trace(sc_core::sc_trace_file* file) const { record(file, *this, is_busy_, "busy"); }

void PsumOutNetwork::trace(sc_core::sc_trace_file* file) const { record(file, *this, is_busy_, "busy"); }

}  // namespace weir::ports
