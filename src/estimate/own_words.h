#pragma once

#include <cstdint>

#include "estimate/words.h"
#include "workload/layer.h"

namespace weir::estimate {

/// Of the ifmap words that crossings() counts into the buffer's tiles, those that are the ifmap's own: zeros
/// of its padding, and between its words, are left out.
std::int64_t own_ifmap_words(const View& buffer, const Layer& layer, const Keeping& keeping);

}  // namespace weir::estimate
