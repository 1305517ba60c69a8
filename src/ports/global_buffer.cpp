#include "ports/global_buffer.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ports/traced.h"

namespace weir::ports {

using stats::Action;

bool Bank::has(Address address, std::int64_t tile) const {
  const auto found = words_.find(address);
  return found != words_.end() && found->second.tile == tile;
}

std::uint32_t Bank::read(Address address) const {
  const auto found = words_.find(address);
  if (found == words_.end()) throw std::logic_error("the buffer is asked for a word that it does not hold");
  return found->second.value;
}

void Bank::erase_before(std::int64_t tile) {
  std::erase_if(words_, [&](const auto& word) { return word.second.tile < tile; });
  occupancy_ = static_cast<std::int64_t>(words_.size());
}

GlobalBuffer::GlobalBuffer(const sc_core::sc_module_name& name, const GlobalBufferSpec& spec)
    : sc_module(name), spec_(spec) {
  SC_METHOD(run_cycle);
  sensitive << send.pos();
  dont_initialize();
}

void GlobalBuffer::begin_layer(const Program& program) {
  program_ = &program;
  tiles_.clear();
  for (Sequencer s(program); !s.at_end(); s.next()) {
    if (s.step().buffer_tile == tiles()) tiles_.push_back(s.step());
  }
  for (Bank& bank : banks_) bank.clear();
  passes_.clear();
  tile_ = -1;
  left_tiles_ = prefetched_words_ = 0;
  is_changing_ = false;
  counts_ = {};
  load_ = plan_load(0);
  if (!program.hides_dram() && load_.transfer.is_empty()) open_tile(0);
  drained.write(program.hides_dram());
}

void GlobalBuffer::end_layer() {
  if (program_->hides_dram()) drain_hidden();
}

// What DRAM loads and drains.

bool GlobalBuffer::has_drain(std::int64_t tile) const {
  return tile + 1 == tiles() ||
         !same_place(first_step(tile).buffer.base, first_step(tile + 1).buffer.base, Tensor::psum);
}

/// Where nothing waits for DRAM, the next fold of a systolic array may have added to the same psums before
/// the last column of this one was done: these have left with the tile before.
Transfer GlobalBuffer::make_drain(std::int64_t tile) {
  const Tile& buffer = first_step(tile).buffer;
  const bool are_stored = spec_.last_sum == LastSum::stored || !program_->is_last_visit(buffer);
  Transfer drain{Transfer::Kind::drain, {}};
  for (const Address psum : program_->words(Tensor::psum, buffer)) {
    const bool has_left = program_->hides_dram() && !bank(Tensor::psum).holds(psum);
    drain.items.push_back(
        {Tensor::psum, {psum, has_left ? dram->peek_psum(psum) : bank(Tensor::psum).read(psum)}});
    bank(Tensor::psum).erase(psum);
    if (are_stored) count(Tensor::psum, Action::read);
  }
  return drain;
}

/// The words of a tile that the one before does not have; of machines that load whole tiles all of them.
void GlobalBuffer::plan_words(Tensor tensor, std::int64_t tile, Load& load) const {
  const Tile& buffer = first_step(tile).buffer;
  const bool moves = tile > 0 && !same_place(first_step(tile - 1).buffer.base, buffer.base, tensor);
  const bool all = spec_.loads == TileLoad::every || (spec_.loads == TileLoad::whole && moves);
  for (const Address word : program_->words(tensor, buffer)) {
    if (!all && bank(tensor).has(word, tile - 1)) continue;
    if (tensor == Tensor::ifmap && spec_.padding == PaddingZeros::made && program_->is_padding(word)) {
      load.made.push_back(word);
    } else {
      load.transfer.items.push_back({tensor, {word, 0}});
    }
  }
}

GlobalBuffer::Load GlobalBuffer::plan_load(std::int64_t tile) const {
  Load load;
  if (!spec_.ifmap_bypasses) plan_words(Tensor::ifmap, tile, load);
  if (keeps_weights()) plan_words(Tensor::weight, tile, load);
  const Tile& buffer = first_step(tile).buffer;
  if (tile > 0 && has_drain(tile - 1) && !program_->is_first_visit(buffer)) {  // psums come back
    for (const Address psum : program_->words(Tensor::psum, buffer))
      load.transfer.items.push_back({Tensor::psum, {psum, 0}});
  }
  return load;
}

void GlobalBuffer::fill(std::int64_t tile) {
  for (const auto& [tensor, word] : load_.transfer.items) {
    count(tensor, Action::write);
    if (tensor != Tensor::psum || !program_->hides_dram()) bank(tensor).write(word, tile);
  }
  for (const Address zero : load_.made) {
    count(Tensor::ifmap, Action::write);
    bank(Tensor::ifmap).write({zero, 0}, tile);
  }
  const auto keep_all = [&](Tensor tensor) {
    for (const Address word : program_->words(tensor, first_step(tile).buffer)) bank(tensor).keep(word, tile);
  };
  if (!spec_.ifmap_bypasses) keep_all(Tensor::ifmap);
  if (keeps_weights()) keep_all(Tensor::weight);
  tile_ = tile;
  load_ = tile + 1 < tiles() ? plan_load(tile + 1) : Load{};
}

// DRAM in its own time: nothing is processed between two tiles.

bool GlobalBuffer::array_has_left(std::int64_t tile) const {
  const bool is_last = tile + 1 == tiles();
  return array_unfinished_step.read() >= (is_last ? kAllSteps : first_step(tile + 1).number) &&
         unwritten_visit.read() >= (is_last ? kAllSteps : first_step(tile + 1).visit);
}

void GlobalBuffer::run_cycle() {
  if (program_->hides_dram()) return drain_hidden();
  if (tile_ < 0) begin_change();
  fetch_weights();
  begin_change();
}

void GlobalBuffer::fetch_weights() {
  for (Pass& pass : passes_) {
    if (pass.is_requested || sc_core::sc_time_stamp() == pass.asked_at) continue;
    pass.is_requested = true;
    dram->request(std::move(pass.transfer));
  }
}

void GlobalBuffer::fill_prefetch_banks(const Transfer& weights) {
  const auto pass = std::find_if(passes_.begin(), passes_.end(), [](const Pass& p) { return !p.is_there; });
  for (const auto& item : weights.items) {
    pass->bank.write(item.word, 0);
    count(Tensor::weight, Action::write);
    ++prefetched_words_;
  }
  pass->is_there = true;
}

void GlobalBuffer::begin_change() {
  if (is_changing_ || (tile_ >= 0 && !array_has_left(tile_))) return;
  is_changing_ = true;
  dram->request(tile_ >= 0 && has_drain(tile_) ? make_drain(tile_) : std::move(load_.transfer));
}

void GlobalBuffer::end_transfer(const Transfer& transfer) {
  if (transfer.kind == Transfer::Kind::weights) return fill_prefetch_banks(transfer);
  if (transfer.kind == Transfer::Kind::load) {
    load_.transfer = transfer;
  } else if (tile_ + 1 == tiles()) {
    return drained.write(true);
  } else if (!load_.transfer.is_empty()) {
    return dram->request(std::move(load_.transfer));
  }
  is_changing_ = false;
  open_tile(tile_ + 1);
}

/// And those behind it that there is nothing to drain or load for.
void GlobalBuffer::open_tile(std::int64_t tile) {
  fill(tile);
  bank(Tensor::ifmap).erase_before(tile);
  bank(Tensor::weight).erase_before(tile);
  while (tile_ + 1 < tiles() && !has_drain(tile_) && load_.transfer.is_empty()) fill(tile_ + 1);
}

// Hidden DRAM: what a network comes to is there.

void GlobalBuffer::drain_hidden() {
  for (; left_tiles_ < tiles() && array_has_left(left_tiles_); ++left_tiles_) {
    if (!has_drain(left_tiles_)) continue;
    Transfer drain = make_drain(left_tiles_);
    dram->transfer_hidden(drain);
  }
}

// What networks ask.

void GlobalBuffer::expect(Tensor tensor, const Step& step, std::vector<Address> words) {
  if (program_->hides_dram()) {
    while (tile_ < step.buffer_tile) {
      dram->transfer_hidden(load_.transfer);
      fill(tile_ + 1);
    }
  }
  if (tensor != Tensor::weight || keeps_weights() || words.empty()) return;
  Transfer weights{Transfer::Kind::weights, {}};
  for (const Address word : words) weights.items.push_back({Tensor::weight, {word, 0}});
  passes_.push_back({step.number, std::move(weights), sc_core::sc_time_stamp()});
  if (!program_->hides_dram()) return;
  dram->transfer_hidden(passes_.back().transfer);
  fill_prefetch_banks(passes_.back().transfer);
}

void GlobalBuffer::has_read(Tensor tensor, const Step& step) {
  if (program_->hides_dram()) bank(tensor).erase_before(step.buffer_tile);
  if (tensor != Tensor::weight || passes_.empty() || passes_.front().step != step.number) return;
  prefetched_words_ -= passes_.front().bank.occupancy();
  passes_.pop_front();
}

bool GlobalBuffer::has(Tensor tensor, const Step& step) const {
  if (!program_->hides_dram() && step.buffer_tile > tile_) return false;
  if (tensor != Tensor::weight || keeps_weights()) return true;
  return std::any_of(passes_.begin(), passes_.end(),
                     [&](const Pass& pass) { return pass.step == step.number && pass.is_there; });
}

std::uint32_t GlobalBuffer::read(Tensor tensor, Address address) {
  if (tensor == Tensor::ifmap && spec_.ifmap_bypasses) return dram->read_past_buffer(tensor, address);
  count(tensor, Action::read);
  if (tensor != Tensor::weight || keeps_weights()) return bank(tensor).read(address);
  const auto pass = std::find_if(passes_.begin(), passes_.end(),
                                 [&](const Pass& each) { return each.is_there && each.bank.holds(address); });
  if (pass == passes_.end()) throw std::logic_error("weights are read that have not been fetched");
  return pass->bank.read(address);
}

/// Psums that no sum has been written of are zero.
std::uint32_t GlobalBuffer::read_psum(Address address) {
  count(Tensor::psum, Action::read);
  if (bank(Tensor::psum).holds(address)) return bank(Tensor::psum).read(address);
  return dram->peek_psum(address);
}

void GlobalBuffer::write_psum(const Word& psum, bool is_finished) {
  if (!is_finished || spec_.last_sum == LastSum::stored) count(Tensor::psum, Action::write);
  bank(Tensor::psum).write(psum, 0);
}

void GlobalBuffer::count_into(stats::LayerStats& stats) const { stats.counts += counts_; }

void GlobalBuffer::trace(sc_core::sc_trace_file* file) const {
  record(file, *this, bank(Tensor::ifmap).occupancy(), "ifmap_words");
  record(file, *this, bank(Tensor::weight).occupancy(), "weight_words");
  record(file, *this, bank(Tensor::psum).occupancy(), "psum_words");
  record(file, *this, prefetched_words_, "prefetched_words");
}

}  // namespace weir::ports
