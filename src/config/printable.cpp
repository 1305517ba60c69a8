#include "config/printable.h"

#include <algorithm>
#include <boost/locale/utf.hpp>

namespace weir::config {
namespace {

using CodePoint = boost::locale::utf::code_point;
using Utf8 = boost::locale::utf::utf_traits<char>;

bool is_control(CodePoint c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// Marks, embeddings, overrides and isolates of writing from right to left, and Unicode's own line breaks.
bool turns_text(CodePoint c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

/// Calls visit(code point, its bytes) for each character; the code point is illegal for a byte of none.
template <typename Visit>
void for_each_character(std::string_view text, Visit visit) {
  for (auto at = text.begin(); at != text.end();) {
    auto behind = at;
    const CodePoint c = Utf8::decode(behind, text.end());
    if (!boost::locale::utf::is_valid_codepoint(c)) behind = at + 1;
    if (!visit(c, text.substr(static_cast<std::size_t>(at - text.begin()),
                              static_cast<std::size_t>(behind - at))))
      return;
    at = behind;
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string safe;
  for_each_character(text, [&](CodePoint c, std::string_view bytes) {
    if (!boost::locale::utf::is_valid_codepoint(c)) {
      safe += '?';
    } else if ((is_control(c) && c != '\n') || turns_text(c)) {
      safe += ' ';
    } else {
      safe += bytes;
    }
    return true;
  });
  return safe;
}

std::string one_line(std::string_view text) {
  std::string line = printable(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

std::size_t end_of_text(std::string_view text) {
  std::size_t end = std::string_view::npos;
  for_each_character(text, [&](CodePoint c, std::string_view bytes) {
    const bool breaks = c == '\n' || c == '\r' || c == '\t';
    if (boost::locale::utf::is_valid_codepoint(c) && (breaks || !is_control(c))) return true;
    end = static_cast<std::size_t>(bytes.data() - text.data());
    return false;
  });
  return end;
}

}  // namespace weir::config
