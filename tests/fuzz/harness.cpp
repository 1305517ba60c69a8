#include "fuzz/harness.h"

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "config/node.h"

namespace weir::fuzz {

bool has_place(std::string_view message) {
  const auto skip = [&](std::string_view word) {
    const bool there = message.starts_with(word);
    if (there) message.remove_prefix(word.size());
    return there;
  };
  const auto skip_number = [&] {
    const bool there = !message.empty() && message.front() >= '1' && message.front() <= '9';
    while (!message.empty() && std::isdigit(static_cast<unsigned char>(message.front())))
      message.remove_prefix(1);
    return there;
  };
  return skip(kFile) && skip(":") && skip_number() && skip(":") && skip_number() && skip(": error: ") &&
         !message.empty();
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "finding: %s\n", what);
  std::abort();
}

}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    weir::fuzz::read({reinterpret_cast<const char*>(data), size});
  } catch (const weir::config::InputError& error) {
    weir::fuzz::require(weir::fuzz::has_place(error.what()), error.what());
  }
  return 0;
}
