#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "evaluate/evaluate.h"
#include "stats/layer_stats.h"
#include "sweep/point.h"

namespace weir::sweep {

/// Why there is no result. A layer that is refused is refused again; another try may help with the others.
enum class Failure : std::uint8_t { none, refused, crashed, timed_out };
inline constexpr std::array<std::string_view, 4> kFailureNames = {"", "refused", "crashed", "timed_out"};

/// What was found out about a layer of a point.
struct LayerOutcome {
  Failure failure = Failure::none;
  std::string message;  ///< of the failure
  std::string mapping;  ///< JSON, by level as in docs/file-formats.md; also of a failure behind the search
  stats::LayerStats stats;
};

/// Searches the best mapping of a layer of a point, or takes what is known of it, and evaluates it with the
/// point's fidelity. A layer that cannot be mapped is a failure, not an exception.
LayerOutcome evaluate_layer(const DesignPoint& point, std::size_t layer, const std::string& known = "");

/// What an outcome says of its search, for others of the same LayerSearch::key(); empty when nothing.
std::string known_from(const LayerOutcome& outcome);

/// An outcome as a text, and back; the statistics alone.
std::string encode(const LayerOutcome& outcome);
LayerOutcome decode(const std::string& text);
std::string encode_stats(const stats::LayerStats& stats);
stats::LayerStats decode_stats(const std::string& text);

}  // namespace weir::sweep
