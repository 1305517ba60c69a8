#pragma once

#include <string>
#include <string_view>

namespace weir::report {

/// A text as a field of RFC 4180: quoted where it holds a comma, a quote or a line break. An apostrophe leads
/// what a spreadsheet would take for a formula: text, but no number, that begins with = + - @ or white space.
std::string csv_field(std::string_view text);

}  // namespace weir::report
