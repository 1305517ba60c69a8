#pragma once

#include <string>
#include <string_view>

namespace weir::fuzz {

/// What messages call the input.
inline constexpr auto kFile = "input";

/// Reads an input as a file of some kind; a program has one definition. What bad input should give is a
/// config::InputError with its place; anything else that is thrown, and whatever a sanitizer says, is a
/// finding.
void read(const std::string& text);

/// Whether a message begins with `input:line:column: error: ` and says something behind it.
bool has_place(std::string_view message);

/// A finding: says what does not hold, and aborts.
void require(bool holds, const char* what);

}  // namespace weir::fuzz
