#pragma once

#include <cstdint>
#include <limits>

#include "mapping/nest.h"
#include "ports/program.h"

namespace weir::ports {

/// The number of a step behind all steps.
inline constexpr std::int64_t kAllSteps = std::numeric_limits<std::int64_t>::max();

/// One iteration of the loops at dram and global_buffer.
struct Step {
  std::int64_t number = 0;
  Tile tile;                     ///< the array's
  std::int64_t buffer_tile = 0;  ///< the number of the buffer's tile
  Tile buffer;                   ///< the buffer's tile
  std::int64_t visit = 0;        ///< its number: steps of a visit have the same psums
  bool begins_visit = true;
  bool ends_visit = true;
};

/// A loop counter, of which each module has its own: it walks through all steps of the layer.
class Sequencer {
 public:
  explicit Sequencer(const Program& program);

  bool at_end() const { return at_end_; }
  const Step& step() const { return step_; }
  void next();

 private:
  void look_ahead();

  const Program* program_;
  StepWalker walker_;  ///< one step ahead
  Step step_;
  bool at_end_ = false;
  bool has_more_ = true;  ///< steps behind the present one
};

/// Steps in which the array's psums stay the same.
struct Visit {
  Step first;
  Tile last;      ///< the array's tile in the last step
  bool is_first;  ///< no sum has been made of these psums before
  bool is_last;   ///< none will be made
};

/// Walks through the visits.
class VisitSequencer {
 public:
  explicit VisitSequencer(const Program& program);

  bool at_end() const { return at_end_; }
  const Visit& visit() const { return visit_; }
  void next();

 private:
  const Program* program_;
  Sequencer steps_;  ///< at the first step of the next visit
  Visit visit_;
  bool at_end_ = false;
};

}  // namespace weir::ports
