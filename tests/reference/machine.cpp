#include "reference/machine.h"

#include <stdexcept>

namespace weir::reference {

Machine::Machine(const LayerShape& shape, const NestSpec& nest, const MachineSpec& spec,
                 const LayerData& data, Result& result)
    : shape_(shape),
      spec_(spec),
      data_(data),
      result_(result),
      steps_(enumerate_steps(shape, nest, spec)),
      visits_(make_visits(steps_, spec.columns, spec.streams_psums)),
      new_ifmap_(make_new_words(steps_, Operand::kIfmap, !spec.streams_ifmap)),
      new_weights_(make_new_words(steps_, Operand::kWeight, !spec.streams_weights)),
      tiles_(make_buffer_tiles(shape, spec, steps_)),
      pes_(static_cast<std::size_t>(spec.rows * spec.columns), ProcessingElement(shape, spec, result)),
      dram_(nest, spec, tiles_, make_deliveries(new_weights_, Operand::kWeight),
            static_cast<std::int64_t>(steps_.size())),
      ifmap_network_(
          spec.ifmap_words_per_cycle, make_deliveries(new_ifmap_, Operand::kIfmap),
          [this](const Word& word) { return ifmap_value(word); }, &ProcessingElement::ifmap, pes_,
          [this](std::int64_t step) { return dram_.allows(step); }),
      weight_network_(
          spec.weight_words_per_cycle, make_deliveries(new_weights_, Operand::kWeight),
          [this](const Word& word) { return weight_value(word); }, &ProcessingElement::weights, pes_,
          [this](std::int64_t step) {
            return dram_.allows(step) && dram_.weights_here(step) && barrier_open(step);
          }),
      psum_in_network_(PsumNetwork::Direction::kIn, spec.psum_in_words_per_cycle,
                       make_bursts(PsumNetwork::Direction::kIn), buffered_psums_,
                       [this](const PsumBurst& burst) {
                         return dram_.allows(burst.first_step) &&
                                psum_out_network_.has_ended(burst.earlier_burst);
                       }),
      psum_out_network_(PsumNetwork::Direction::kOut, spec.psum_out_words_per_cycle,
                        make_bursts(PsumNetwork::Direction::kOut), buffered_psums_,
                        [](const PsumBurst&) { return true; }) {
  give_operands();
  give_tasks();
}

void Machine::give_operands() {
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    for (std::size_t pe = 0; pe < pes_.size(); ++pe) {
      const PeTile& tile = steps_[s].pe_tiles[pe];
      if (!tile.active()) continue;
      const auto step = static_cast<std::int64_t>(s);
      pes_[pe].ifmap.expect(step, tile.ifmap, new_ifmap_[s][pe]);
      pes_[pe].weights.expect(step, tile.weights, new_weights_[s][pe]);
    }
  }
}

void Machine::give_tasks() {
  for (std::size_t v = 0; v < visits_.size(); ++v) {
    const Visit& visit = visits_[v];
    for (std::int64_t step = visit.first_step; step <= visit.last_step; ++step) {
      for (std::size_t pe = 0; pe < pes_.size(); ++pe) {
        const PeTile& tile = steps_[static_cast<std::size_t>(step)].pe_tiles[pe];
        if (!tile.active()) continue;
        std::vector<Mac> macs;
        for (const Mac& mac : tile.macs) {
          if (!spec_.skips_padding || !is_padding(shape_, ifmap_word(shape_, mac))) macs.push_back(mac);
        }
        pes_[pe].add_window(step, macs);
      }
    }
    for (const Chain& chain : visit.chains) give_accumulations(static_cast<std::int64_t>(v), visit, chain);
  }
}

// Psums go from the bottom, the chain's last PE, to the top, its first.
void Machine::give_accumulations(std::int64_t number, const Visit& visit, const Chain& chain) {
  const auto words = static_cast<std::int64_t>(chain.psums.size());
  for (std::size_t i = 0; i < chain.pes.size(); ++i) {
    ProcessingElement& pe = pes_[static_cast<std::size_t>(chain.pes[i])];
    const bool top = i == 0;
    const bool bottom = i + 1 == chain.pes.size();
    PsumPort* source = nullptr;
    if (!bottom) source = &pe.neighbour;
    if (bottom && reads_psums(chain)) source = &pe.psum_in;
    PsumPort* target = top ? &pe.psum_out : &pes_[static_cast<std::size_t>(chain.pes[i - 1])].neighbour;
    if (source != nullptr) source->expect(number, words);
    if (top) target->expect(number, words);
    pe.add_accumulation(number, visit.last_step, chain.psums, source, target, !top);
  }
}

bool Machine::reads_psums(const Chain& chain) const {
  return chain.earlier_burst >= 0 || spec_.reads_initial_psums;
}

std::vector<PsumBurst> Machine::make_bursts(PsumNetwork::Direction direction) {
  std::vector<PsumBurst> bursts;
  for (std::size_t v = 0; v < visits_.size(); ++v) {
    const Visit& visit = visits_[v];
    const bool in = direction == PsumNetwork::Direction::kIn;
    for (const Chain& chain : visit.chains) {
      if (in && !reads_psums(chain)) continue;
      ProcessingElement& top = pes_[static_cast<std::size_t>(chain.pes.front())];
      ProcessingElement& bottom = pes_[static_cast<std::size_t>(chain.pes.back())];
      bursts.push_back({static_cast<std::int64_t>(v),
                        visit.first_step,
                        visit.last_step,
                        {chain.psums.begin(), chain.psums.end()},
                        in ? &bottom.psum_in : &top.psum_out,
                        chain.earlier_burst});
    }
  }
  return bursts;
}

void Machine::decide() {
  for (ProcessingElement& pe : pes_) pe.settle();
  const std::int64_t boundary = dram_.next_boundary();
  dram_.decide(boundary >= 0 && array_finished_before(boundary) &&
               psum_out_network_.drained_before(boundary));
  for (ProcessingElement& pe : pes_) pe.decide();
  ifmap_network_.decide();
  weight_network_.decide();
  psum_in_network_.decide();
  psum_out_network_.decide();
}

void Machine::advance() {
  LinkCycles& last = result_.last_sent;
  if (ifmap_network_.working()) last.ifmap = result_.cycles + 1;
  if (weight_network_.working()) last.weight = result_.cycles + 1;
  if (psum_in_network_.working()) last.psum_in = result_.cycles + 1;
  if (psum_out_network_.working()) last.psum_out = result_.cycles + 1;
  dram_.advance();
  if (weight_network_.completes_step()) dram_.weights_sent();
  for (ProcessingElement& pe : pes_) pe.advance();
  ifmap_network_.advance();
  weight_network_.advance();
  psum_in_network_.advance();
  psum_out_network_.advance();
}

bool Machine::working() const {
  bool pe_works = false;
  for (const ProcessingElement& pe : pes_) pe_works = pe_works || pe.working();
  return pe_works || dram_.working() || ifmap_network_.working() || weight_network_.working() ||
         psum_in_network_.working() || psum_out_network_.working();
}

bool Machine::finished() const {
  for (const ProcessingElement& pe : pes_) {
    if (!pe.finished()) return false;
  }
  return psum_out_network_.finished() && dram_.finished();
}

bool Machine::array_finished_before(std::int64_t step) const {
  for (const ProcessingElement& pe : pes_) {
    if (!pe.finished_before(step)) return false;
  }
  return true;
}

bool Machine::barrier_open(std::int64_t step) const {
  if (spec_.barrier == Barrier::kNone) return true;
  if (!array_finished_before(step)) return false;
  return spec_.barrier == Barrier::kArrayDone || psum_out_network_.drained_before(step);
}

PeState Machine::state_of(std::size_t number) const {
  const ProcessingElement& pe = pes_[number];
  if (pe.finished()) return pe.state(steps_.back().pe_tiles[number].active(), false);
  if (!pe.waits_for_window()) return pe.state(false, false);
  const std::int64_t step = pe.current_step();
  if (step == 0) return pe.state(true, true);  // nothing is before: it waits from time 0 on
  return pe.state(steps_[static_cast<std::size_t>(step - 1)].pe_tiles[number].active(),
                  array_finished_before(step));
}

void Machine::record_states() {
  StateCycles& states = result_.states;
  for (std::size_t pe = 0; pe < pes_.size(); ++pe) {
    switch (state_of(pe)) {
      case PeState::kMac:
        ++states.mac;
        break;
      case PeState::kGatedMac:
        ++states.gated_mac;
        break;
      case PeState::kPsumAccumulate:
        ++states.psum_accumulate;
        break;
      case PeState::kWaitIfmap:
        ++states.wait_ifmap;
        break;
      case PeState::kWaitWeight:
        ++states.wait_weight;
        break;
      case PeState::kWaitPsum:
        ++states.wait_psum;
        break;
      case PeState::kWaitOutputSpace:
        ++states.wait_output_space;
        break;
      case PeState::kFillDrain:
        ++states.fill_drain;
        break;
      case PeState::kUnmapped:
        ++states.unmapped;
        break;
    }
  }
}

std::int16_t Machine::ifmap_value(const Word& word) const {
  const auto [g, n, c, h, w] = word;
  return data_.ifmap[static_cast<std::size_t>(
      (((g * shape_.N + n) * shape_.C + c) * data_.ifmap_rows + h) * data_.ifmap_columns + w)];
}

std::int16_t Machine::weight_value(const Word& word) const {
  const auto [g, m, c, r, s] = word;
  return data_
      .weights[static_cast<std::size_t>((((g * shape_.M + m) * shape_.C + c) * shape_.R + r) * shape_.S + s)];
}

void Machine::collect() {
  result_.busy = {ifmap_network_.busy_cycles(), weight_network_.busy_cycles(), psum_in_network_.busy_cycles(),
                  psum_out_network_.busy_cycles(), 0};
  result_.global_buffer.ifmap.reads += ifmap_network_.words();
  result_.global_buffer.weight.reads += weight_network_.words();
  result_.global_buffer.psum.reads += psum_in_network_.words();
  result_.global_buffer.psum.writes += psum_out_network_.words();
  result_.network_hops = {ifmap_network_.hops(), weight_network_.hops(),
                          psum_in_network_.words() + psum_out_network_.words()};
  result_.register_file.ifmap.writes += ifmap_network_.hops();
  result_.register_file.weight.writes += weight_network_.hops();
  dram_.count(result_);
  if (spec_.ifmap_bypasses_buffer) {
    result_.dram.ifmap.reads += ifmap_network_.words();
    result_.busy.dram += dram_.busy_cycles(ifmap_network_.words());
    result_.global_buffer.ifmap.reads -= ifmap_network_.words();
  }
  if (spec_.streams_ifmap) result_.register_file.ifmap = {};
  if (spec_.streams_weights) result_.register_file.weight = {};
  // Sorted by (g, n, m, p, q), and every output was written.
  for (const auto& [word, value] : buffered_psums_)
    result_.outputs.push_back(static_cast<std::int32_t>(value));
  const std::int64_t outputs = shape_.G * shape_.N * shape_.M * shape_.P * shape_.Q;
  if (static_cast<std::int64_t>(result_.outputs.size()) != outputs)
    throw std::logic_error("outputs are missing");
  if (spec_.buffer_last_sum_direct) {  // every output goes to DRAM once without having been stored
    result_.global_buffer.psum.reads -= outputs;
    result_.global_buffer.psum.writes -= outputs;
  }
  if (!spec_.pe_last_sum_direct && result_.register_file.psum.reads != result_.macs + result_.gated_macs) {
    throw std::logic_error("psum reads are not as many as MACs");
  }
  if (spec_.streams_psums) result_.register_file.psum = {};
}

}  // namespace weir::reference
