#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <systemc>
#include <unordered_map>
#include <vector>

#include "ports/buffer_port.h"
#include "ports/dram.h"
#include "ports/program.h"
#include "ports/sequencer.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// The banks that hold one tensor, and for each word the last buffer tile that it belongs to.
class Bank {
 public:
  struct Entry {
    std::uint32_t value = 0;
    std::int64_t tile = 0;
  };
  void clear() {
    words_.clear();
    occupancy_ = 0;
  }
  bool has(Address address, std::int64_t tile) const;
  void write(const Word& word, std::int64_t tile) {
    words_[word.address] = {word.value, tile};
    occupancy_ = static_cast<std::int64_t>(words_.size());
  }
  void keep(Address address, std::int64_t tile) { words_.at(address).tile = tile; }
  /// Throws std::logic_error of a word that is not there.
  std::uint32_t read(Address address) const;
  bool holds(Address address) const { return words_.contains(address); }
  void erase(Address address) {
    words_.erase(address);
    occupancy_ = static_cast<std::int64_t>(words_.size());
  }
  void erase_before(std::int64_t tile);
  const std::int64_t& occupancy() const { return occupancy_; }

 private:
  std::unordered_map<Address, Entry> words_;
  std::int64_t occupancy_ = 0;
};

/// The buffer between DRAM and the array, with its controller: it fills banks with the tiles of ifmap (and
/// weights), drains psums, and gets each pass's weights into the prefetch banks.
class GlobalBuffer : public sc_core::sc_module, public OperandReader, public PsumStore, public DramClient {
 public:
  SC_HAS_PROCESS(GlobalBuffer);

  sc_core::sc_in<bool> send{"send"};
  sc_core::sc_port<DramPort> dram{"dram"};
  // What the array has not done yet.
  sc_core::sc_in<std::int64_t> array_unfinished_step{"array_unfinished_step"};
  sc_core::sc_in<std::int64_t> unwritten_visit{"unwritten_visit"};
  sc_core::sc_out<bool> drained{"drained"};  ///< the last psums are in DRAM

  GlobalBuffer(const sc_core::sc_module_name& name, const GlobalBufferSpec& spec);

  void begin_layer(const Program& program);
  /// Hidden DRAM gets the last psums.
  void end_layer();
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

  void expect(Tensor tensor, const Step& step, std::vector<Address> words) override;
  void has_read(Tensor tensor, const Step& step) override;
  bool has(Tensor tensor, const Step& step) const override;
  std::uint32_t read(Tensor tensor, Address address) override;
  bool has_psums(const Step& step) const override {
    return program_->hides_dram() || step.buffer_tile <= tile_;
  }
  std::uint32_t read_psum(Address address) override;
  void write_psum(const Word& psum, bool is_finished) override;
  void end_transfer(const Transfer& transfer) override;

 private:
  /// What a tile of the buffer needs that is not there.
  struct Load {
    Transfer transfer;
    std::vector<Address> made;  ///< zeros of padding that do not come from DRAM
  };

  /// The weights of a step on their way through the prefetch banks.
  struct Pass {
    std::int64_t step;
    Transfer transfer;
    sc_core::sc_time asked_at;  ///< DRAM is asked at the next opportunity
    bool is_requested = false, is_there = false;
    Bank bank = {};
  };

  void run_cycle();
  void fetch_weights();
  void fill_prefetch_banks(const Transfer& weights);
  void begin_change();
  void open_tile(std::int64_t tile);
  void drain_hidden();
  bool array_has_left(std::int64_t tile) const;
  bool has_drain(std::int64_t tile) const;
  Transfer make_drain(std::int64_t tile);
  Load plan_load(std::int64_t tile) const;
  void plan_words(Tensor tensor, std::int64_t tile, Load& load) const;
  void fill(std::int64_t tile);
  void count(Tensor tensor, stats::Action action) {
    counts_.add(stats::Component::global_buffer, tensor, action, 1);
  }
  Bank& bank(Tensor tensor) { return banks_[static_cast<std::size_t>(tensor)]; }
  const Bank& bank(Tensor tensor) const { return banks_[static_cast<std::size_t>(tensor)]; }
  bool keeps_weights() const { return program_->mapping().weights_in_global_buffer; }
  const Step& first_step(std::int64_t tile) const { return tiles_[static_cast<std::size_t>(tile)]; }
  std::int64_t tiles() const { return static_cast<std::int64_t>(tiles_.size()); }

  GlobalBufferSpec spec_;
  const Program* program_ = nullptr;
  std::vector<Step> tiles_;  ///< the first step of each tile of the buffer
  std::array<Bank, kTensors> banks_;

  std::int64_t tile_ = 0;        ///< the last that is filled; visible DRAM: that networks may send words of
  Load load_;                    ///< of the next
  bool is_changing_ = false;     ///< visible DRAM drains and loads for the next
  std::int64_t left_tiles_ = 0;  ///< hidden DRAM: tiles that the array has left, and DRAM has the psums of
  std::deque<Pass> passes_;      ///< in the prefetch banks, or asked for
  std::int64_t prefetched_words_ = 0;
  stats::Counts counts_;
};

}  // namespace weir::ports
