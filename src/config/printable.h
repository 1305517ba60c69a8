#pragma once

#include <string>
#include <string_view>

namespace weir::config {

/// `text` as a terminal may get it: control characters (C0 but line breaks, DEL, C1, and those that turn the
/// direction of writing) become spaces, bytes that are no UTF-8 question marks.
std::string printable(std::string_view text);

/// The same on one line.
std::string one_line(std::string_view text);

/// Where `text` stops being text: at a control character other than a line break or a tab, or at bytes that
/// are no UTF-8; npos when all of it is.
std::size_t end_of_text(std::string_view text);

}  // namespace weir::config
