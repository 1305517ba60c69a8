#pragma once

#include <string>
#include <string_view>

namespace weir::report {

/// A field as RFC 4180 wants it: quoted where it holds a comma, a quote or a line break.
std::string csv_field(std::string_view text);

}  // namespace weir::report
