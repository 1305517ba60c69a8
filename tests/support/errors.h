#pragma once

#include <string>

#include "config/node.h"

namespace weir::test {

/// The message of the InputError that `act` throws, or "no error".
template <typename Act>
std::string error_of(Act act) {
  try {
    act();
  } catch (const config::InputError& error) {
    return error.what();
  }
  return "no error";
}

/// `text` with the first `from` replaced by `to`, or "" if there is none: a good file made bad in one place.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? "" : text.replace(at, from.size(), to);
}

}  // namespace weir::test
