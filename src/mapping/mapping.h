#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/dimension.h"
#include "config/node.h"

namespace weir {

/// Where a loop stands, outermost first. The loops of a level are right below its storage.
enum class Level : std::uint8_t { dram, global_buffer, pe_rows, pe_columns, pe };

inline constexpr std::size_t kLevels = 5;
inline constexpr std::array<Level, kLevels> kAllLevels = {Level::dram, Level::global_buffer, Level::pe_rows,
                                                          Level::pe_columns, Level::pe};
std::string_view level_name(Level level);
constexpr bool is_spatial(Level level) { return level == Level::pe_rows || level == Level::pe_columns; }

struct Loop {
  Dimension dimension;
  std::int64_t bound;
  friend bool operator==(const Loop&, const Loop&) = default;
};

/// A loop nest for one layer on one accelerator. Bounds need not divide: the last tile is partial.
struct Mapping {
  std::array<std::vector<Loop>, kLevels> loops;  ///< per level, outermost first
  bool weights_in_global_buffer = false;         ///< else weights pass through the prefetch banks only
  config::Mark mark;                             ///< where the file says it, for messages

  const std::vector<Loop>& at(Level level) const { return loops[static_cast<std::size_t>(level)]; }
  std::vector<Loop>& at(Level level) { return loops[static_cast<std::size_t>(level)]; }
};

/// A mapping file: mappings by the layer's name.
struct MappingFile {
  std::map<std::string, Mapping> mappings;
  config::Mark mark;  ///< the file, for messages about a layer that it lacks
};

/// A part of a mapping that a search must keep.
struct Pins {
  struct OnLevel {
    std::vector<Loop> loops;
    bool more = true;  ///< whether the level may have other loops; else its loops and their order are fixed
  };
  std::array<OnLevel, kLevels> levels;
  std::optional<bool> weights_in_global_buffer;
  config::Mark mark;

  const OnLevel& at(Level level) const { return levels[static_cast<std::size_t>(level)]; }
};

/// Reads a file of pins: a mapping file whose levels may be left out (then they are free) or end with `...`
/// (then the other loops there are free). Throws config::InputError.
std::map<std::string, Pins> read_pins(const config::Node& root);

/// Reads a mapping file (docs/file-formats.md). Throws config::InputError.
MappingFile read_mappings(const config::Node& root);

/// The text of a mapping file with these mappings of these layers.
std::string mapping_text(const std::vector<std::pair<std::string, Mapping>>& mappings);

}  // namespace weir
