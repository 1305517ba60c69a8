#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace weir::report {

/// The names of a table's rows in `width` characters (8 or more) each, all different if the names are. Of a
/// long name digits and separators stay and words are cut (`block3.depthwise` is `blo3.dep`); where that does
/// not fit, its beginning goes (`~conv2`); where two rows would read alike, the row's number leads
/// (`#14~nv2`).
std::vector<std::string> short_layer_names(const std::vector<std::string>& names, std::size_t width);

}  // namespace weir::report
