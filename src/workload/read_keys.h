#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "workload/plane.h"

namespace weir {

// Keys that several kinds of layers share (docs/file-formats.md). All throw config::InputError.

inline constexpr std::int64_t kMostExtent = std::int64_t{1} << 24;
inline constexpr std::int64_t kMostWords = std::int64_t{1} << 60;  ///< a workload's layers have fewer
inline constexpr std::int64_t kMostStep = std::int64_t{1} << 16;   ///< stride and dilation
inline constexpr std::int64_t kMostPadding =
    kMostStep;  ///< of one side: what a dilated filter of two taps needs

std::int64_t read_extent(const config::Node& node);

/// Whether the product of `factors`, each 1 or more, is below 2^60.
bool is_countable(std::initializer_list<std::int64_t> factors);

/// The numbers of a list of `count` that is written like `form`, such as [rows, columns].
std::vector<std::int64_t> read_numbers(const config::Node& node, std::size_t count, std::string_view form,
                                       std::int64_t least, std::int64_t most);

/// One number for both directions or [vertical, horizontal]; 1 when left out.
Plane read_steps(const std::optional<config::Node>& node);

Padding read_padding(const std::optional<config::Node>& node);

/// Fails, at the filter, where it spans more than the padded input in `direction`.
void check_filter_span(const config::Node& filter, std::string_view direction, std::int64_t reach,
                       std::int64_t padded);

}  // namespace weir
