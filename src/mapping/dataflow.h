#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/node.h"
#include "mapping/mapping.h"

namespace weir {

/// How much of a dimension a level may take.
struct LoopRule {
  enum class Limit : std::uint8_t {
    none,
    exactly,  ///< the loop's bound is `value`, or what is left of the dimension if that is less
    at_most,  ///< the loop's bound is `value` or less
    all,      ///< this level and those inside it take the whole dimension
  };

  Dimension dimension = Dimension::G;
  Limit limit = Limit::none;
  std::int64_t value = 0;
  std::size_t group =
      0;  ///< groups of a level stand in order, outermost first; loops of a group in any order
};

/// What decides between mappings of equal cost.
enum class Preference : std::uint8_t { active_pes, cycles, energy };

/// The rule that yields mappings (docs/file-formats.md): where which loops may stand. A dimension that a
/// level does not name has no loop there. A file may give several rules, for machines of several kinds.
struct Dataflow {
  std::string name;
  std::array<std::vector<LoopRule>, kLevels> levels;  ///< outermost first
  std::vector<bool> weights_in_global_buffer;         ///< the choices that a mapping has
  std::vector<Preference> prefer;                     ///< the first that differs decides
  std::vector<Dataflow> alternatives;                 ///< the file's other rules; the best over all counts
  config::Mark mark;

  const std::vector<LoopRule>& at(Level level) const { return levels[static_cast<std::size_t>(level)]; }
  std::vector<LoopRule>& at(Level level) { return levels[static_cast<std::size_t>(level)]; }
  /// The rule for a dimension at a level; nullptr where it has no loop.
  const LoopRule* find(Level level, Dimension d) const;
};

/// Reads a dataflow file. Throws config::InputError.
Dataflow read_dataflow(const config::Node& root);

}  // namespace weir
