#include "report/json_values.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <regex>

namespace weir::report {
namespace {

template <typename Number>
std::optional<Number> whole_text_as(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

/// Numbers as inputs are read (config::Node::number): a name such as 007 or nan is a text.
bool looks_like_number(const std::string& text) {
  static const std::regex pattern("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  constexpr std::size_t kLongest = 40;
  return text.size() <= kLongest && std::regex_match(text, pattern);
}

Json json_of_scalar(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (!looks_like_number(text)) return text;
  if (const auto integer = whole_text_as<std::int64_t>(text)) return *integer;
  if (const auto number = whole_text_as<double>(text)) return *number;
  return text;
}

}  // namespace

Json json_value(const config::Node& node) {
  if (node.is_scalar()) return json_of_scalar(node.text());
  if (node.is_list()) {
    Json list = Json::array();
    for (const auto& item : node.list()) list.push_back(json_value(item));
    return list;
  }
  Json object = Json::object();
  for (const auto& [key, value] : node.map().entries()) object[key.text()] = json_value(value);
  return object;
}

std::string json_text(const Json& json) {
  constexpr bool kAscii = true;  // terminals show it, too
  return json.dump(2, ' ', kAscii, Json::error_handler_t::replace) + "\n";
}

}  // namespace weir::report
