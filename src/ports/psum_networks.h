#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <systemc>
#include <vector>

#include "ports/buffer_port.h"
#include "ports/links.h"
#include "ports/program.h"
#include "ports/sequencer.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// The psums of a chain that pass a network together. Bursts go visit by visit, and in a visit chain by
/// chain.
struct Burst {
  Visit visit;
  Chain chain;
  std::int64_t number = 0;  ///< among all bursts of the layer
  bool ends_visit = false;
  std::vector<Address> words;
};

/// Walks through the bursts.
class BurstSequencer {
 public:
  explicit BurstSequencer(Program& program) : program_(&program), visits_(program) { make(); }

  bool at_end() const { return visits_.at_end(); }
  const Burst& burst() const { return burst_; }
  void next();

 private:
  void make();

  Program* program_;
  VisitSequencer visits_;
  std::size_t chain_ = 0;
  Burst burst_;
};

/// From the buffer to the bottoms of the chains.
class PsumInNetwork : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(PsumInNetwork);

  sc_core::sc_in<bool> send{"send"};
  sc_core::sc_port<PsumStore> buffer_in{"buffer_in"};
  sc_core::sc_port<PsumWriter, 0> pes_out{"pes_out"};  ///< by the PE's number
  sc_core::sc_in<std::int64_t> unwritten_burst{"unwritten_burst"};

  PsumInNetwork(const sc_core::sc_module_name& name, std::int64_t words_per_cycle);

  void begin_layer(Program& program);
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  void run_cycle();
  void find_burst();
  bool may_begin() const;

  std::int64_t words_per_cycle_;
  Program* program_ = nullptr;
  std::optional<BurstSequencer> bursts_;        ///< at the present burst
  std::map<Address, std::int64_t> last_burst_;  ///< of the psums that begin with this word
  std::int64_t waits_for_ = kNobody;            ///< the burst that must be in the buffer before
  std::size_t word_ = 0;
  bool is_busy_ = false;
  std::int64_t sent_ = 0;
  stats::LinkCycles cycles_;
};

/// From the tops of the chains to the buffer.
class PsumOutNetwork : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(PsumOutNetwork);

  sc_core::sc_in<bool> send{"send"};
  sc_core::sc_port<PsumReader, 0> pes_in{"pes_in"};  ///< by the PE's number
  sc_core::sc_port<PsumStore> buffer_out{"buffer_out"};
  // The first burst, and the first visit, of which not all is in the buffer.
  sc_core::sc_out<std::int64_t> unwritten_burst{"unwritten_burst"}, unwritten_visit{"unwritten_visit"};

  PsumOutNetwork(const sc_core::sc_module_name& name, std::int64_t words_per_cycle);

  void begin_layer(Program& program);
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  void run_cycle();

  std::int64_t words_per_cycle_;
  std::optional<BurstSequencer> bursts_;  ///< at the present burst
  std::size_t word_ = 0;
  bool is_busy_ = false;
  std::int64_t sent_ = 0;
  stats::LinkCycles cycles_;
};

}  // namespace weir::ports
