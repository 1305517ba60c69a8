#include "config/printable.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/node.h"
#include "support/errors.h"

namespace weir::config {
namespace {

using test::error_of;

std::string utf8(unsigned code) {
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
  return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
}

bool is_control(unsigned code) { return code < 0x20 || (code >= 0x7F && code <= 0x9F); }

/// What a terminal acts upon: C0, DEL, C1 as UTF-8 says it, and bytes that only a terminal without UTF-8
/// knows.
bool acts_on_terminal(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7F || (byte == 0xC2 && next < 0xA0)) return true;
    const auto before = static_cast<unsigned char>(i > 0 ? text[i - 1] : 0);
    if (byte >= 0x80 && byte < 0xC0 && before < 0x80) return true;
  }
  return false;
}

TEST(Printable, LeavesTextAndTakesWhatATerminalWouldActUpon) {
  for (unsigned code = 0; code < 0xD800; ++code) {
    const bool turns = code == 0x61C || code == 0x200E || code == 0x200F ||
                       (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    std::string text = "a";
    text += utf8(code);
    text += 'b';
    EXPECT_EQ(one_line(text), is_control(code) || turns ? "a b" : text) << code;
    EXPECT_EQ(printable(text), code == '\n' ? text : one_line(text)) << code;
  }
  EXPECT_EQ(printable("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
}

TEST(Printable, TakesBytesThatAreNoUtf8) {
  for (unsigned byte = 0x80; byte <= 0xFF; ++byte)
    EXPECT_EQ(one_line(std::string("a") + static_cast<char>(byte) + "b"), "a?b") << byte;
  EXPECT_EQ(one_line("\xC0\x9B"), "??");       // too long a form of ESC
  EXPECT_EQ(one_line("\xED\xA0\x80"), "???");  // half a surrogate pair
  EXPECT_EQ(one_line("\xE2\x82"), "??");       // cut short
}

/// A message may quote a path, an argument or a key.
TEST(Printable, ErrorsAreOneLineThatATerminalCanShow) {
  std::string bytes;
  for (int byte = 1; byte <= 0xFF; ++byte) bytes += static_cast<char>(byte);
  const std::string message = InputError({bytes, 1, 1}, in_quotes(bytes)).what();
  EXPECT_FALSE(acts_on_terminal(message)) << message;
}

TEST(Printable, NoControlCharacterComesOutOfAFile) {
  for (unsigned code = 0; code < 0xA0; ++code) {
    if (!is_control(code) || code == '\n' || code == '\r' || code == '\t') continue;
    const std::string error = "a control character or bytes that are no UTF-8; allowed is UTF-8 text";
    EXPECT_EQ(error_of([&] { Node::parse("a: 1\nb: x" + utf8(code) + "y", "f.yaml"); }),
              "f.yaml:2:5: error: " + error)
        << code;
    const std::string escape = fmt::format("\"\\x{:02x}\"", code);
    EXPECT_EQ(error_of([&] { Node::parse("a: " + escape, "f.yaml"); }), "f.yaml:1:4: error: " + error)
        << code;
    EXPECT_EQ(error_of([&] { Node::parse(escape + ": 1", "f.yaml"); }), "f.yaml:1:1: error: " + error)
        << code;
    EXPECT_EQ(error_of([&] { Node::parse("a: 1", "f.yaml", {"a=" + escape}); }),
              "--set a=" + escape + ": error: " + error)
        << code;
  }
  for (const char* bytes : {"\xFF", "\x9B", "\xC2"})
    EXPECT_NE(error_of([&] { Node::parse(std::string("a: ") + bytes, "f.yaml"); }), "no error");
}

}  // namespace
}  // namespace weir::config
