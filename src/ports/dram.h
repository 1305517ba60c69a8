#pragma once

#include <cstdint>
#include <deque>
#include <systemc>
#include <utility>
#include <vector>

#include "accelerator/accelerator.h"
#include "base/dimension.h"
#include "ports/word.h"
#include "stats/layer_stats.h"
#include "workload/data.h"

namespace weir::ports {

/// Words between DRAM and the buffer that the link moves one behind the other.
struct Transfer {
  enum class Kind : std::uint8_t { load, drain, weights };
  struct Item {
    Tensor tensor;
    Word word;
  };
  Kind kind = Kind::load;
  std::vector<Item> items;  ///< values of a drain's come from the buffer, others from DRAM

  bool is_empty() const { return items.empty(); }
};

/// What asks DRAM for transfers.
class DramClient : public virtual sc_core::sc_interface {
 public:
  /// A transfer has ended: at the end of the present cycle all of its words are there.
  virtual void end_transfer(const Transfer& transfer) = 0;
};

class DramPort : public virtual sc_core::sc_interface {
 public:
  /// Queues a transfer; the link takes it in the present cycle if it is free.
  virtual void request(Transfer transfer) = 0;
  /// Does it at once, as if it had been asked for in time: what it takes is counted, and nobody waits.
  virtual void transfer_hidden(Transfer& transfer) = 0;
  /// A word that goes past the buffer, hidden.
  virtual std::uint32_t read_past_buffer(Tensor tensor, Address address) = 0;
  /// A psum that hidden transfers have brought to DRAM.
  virtual std::uint32_t peek_psum(Address address) const = 0;
};

/// DRAM and its link: one transfer at a time, words one by one at the link's rate behind the latency.
class Dram : public sc_core::sc_module, public DramPort {
 public:
  SC_HAS_PROCESS(Dram);

  sc_core::sc_in<bool> send{"send"};
  sc_core::sc_port<DramClient> client{"client"};

  Dram(const sc_core::sc_module_name& name, const DramSpec& spec);

  /// The layer's operands, and room for its outputs. `data` must outlive the layer.
  void begin_layer(const LayerData& data, std::int64_t outputs);
  void request(Transfer transfer) override;
  void transfer_hidden(Transfer& transfer) override;
  std::uint32_t read_past_buffer(Tensor tensor, Address address) override;
  std::uint32_t peek_psum(Address address) const override {
    return outputs_.at(static_cast<std::size_t>(address));
  }
  const std::vector<std::uint32_t>& outputs() const { return outputs_; }
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  void run_cycle();
  void hand_over();
  void move(Transfer::Item& item, bool drains);
  std::uint32_t value(Tensor tensor, Address address) const;

  DramSpec spec_;
  const LayerData* data_ = nullptr;
  std::vector<std::uint32_t> outputs_;
  std::deque<Transfer> queue_;
  sc_core::sc_event requested_, ended_;
  sc_core::sc_time last_cycle_;  ///< the last in which the link did something
  bool is_busy_ = false;
  std::int64_t elapsed_ = 0;  ///< cycles of the transfer at the queue's front
  std::int64_t moved_ = 0;    ///< words of it
  std::int64_t busy_cycles_ = 0, words_past_ = 0;
  stats::Counts counts_;
};

}  // namespace weir::ports
