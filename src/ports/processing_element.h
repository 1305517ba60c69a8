#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <systemc>
#include <vector>

#include "ports/links.h"
#include "ports/neighbour_network.h"
#include "ports/program.h"
#include "ports/register_file.h"
#include "ports/sequencer.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// A PE: a MAC a cycle on words of its three scratchpads, and its place in a chain of PEs that add up psums.
/// It goes at its own pace: it begins a window when the window's words have come.
class ProcessingElement : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(ProcessingElement);

  // The two phases of the clock.
  sc_core::sc_in<bool> work{"work"}, send{"send"};
  // Operands come from their networks, to one PE or to many.
  sc_core::sc_port<WordReader> ifmap_in{"ifmap_in"}, weight_in{"weight_in"};
  // Psums come from the buffer or from the PE below, and go to the PE above or to the buffer.
  sc_core::sc_port<PsumReader> psum_in{"psum_in"}, neighbour_in{"neighbour_in"};
  sc_core::sc_port<NeighbourWriter> neighbour_out{"neighbour_out"};
  sc_core::sc_port<PsumWriter> psum_out{"psum_out"};
  // The first step in which this PE, and any PE, has work left.
  sc_core::sc_out<std::int64_t> unfinished_step{"unfinished_step"};
  sc_core::sc_in<std::int64_t> array_unfinished_step{"array_unfinished_step"};

  ProcessingElement(const sc_core::sc_module_name& name, std::int64_t number);

  void begin_layer(Program& program);
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  enum class Phase : std::uint8_t { idle, window, psums, accumulation };  ///< the first and the third wait

  /// A step in which this PE has work.
  struct Window {
    Step step;
    Tile tile;
    std::vector<Address> ifmap, weights;          ///< words of its tile
    std::int64_t new_ifmap = 0, new_weights = 0;  ///< of these, sent for it
    bool follows_idle_step = false;
    bool ends_visit = false;            ///< it is the last of this PE in the visit; with
    std::int64_t visits_last_step = 0;  ///< this known as soon as the next window is
    Tile visit;                         ///< the array's tile in the visit's first step
  };

  // Processes: what begins and ends with the cycle, and what the cycle is then.
  void run_cycle();
  void show_state();

  void receive();
  std::optional<Window> find_window(Window* before);
  bool operands_came() const;
  void begin_window();
  void end_window();
  void multiply_and_add();
  void go_to_mac(std::int64_t from);
  bool psums_came() const;
  bool output_has_room();
  void begin_accumulation();
  void accumulate();
  void end_accumulation();
  void go_on();
  stats::PeState state() const;

  std::int64_t number_;
  Program* program_ = nullptr;
  std::optional<Sequencer> sequencer_;
  std::optional<Window> window_, next_;  ///< the present one, and the next one
  Phase phase_ = Phase::idle;

  RegisterFile ifmap_rf_, weight_rf_;
  PsumFile psum_rf_;
  std::int64_t ifmap_ahead_ = 0, weights_ahead_ = 0;  ///< words that came, not counted to a window yet
  std::int64_t mac_ = 0, macs_ = 0;                   ///< the place in the window's loops, and their end
  bool gates_ = false;                                ///< the MAC of this cycle
  ChainLink link_;
  std::vector<Address> psums_;  ///< of the accumulation
  std::size_t psum_ = 0;
  bool takes_psums_ = false;       ///< from the network, as the bottom of a chain
  bool works_to_the_end_ = false;  ///< it is active in the layer's last step
  Tile visit_;                     ///< the array's tile in the first step of the visit that is looked at

  int shown_state_ = 0;
  std::int64_t gated_ = 0, passed_on_ = 0;
  stats::PeCycles cycles_;
};

}  // namespace weir::ports
