#include "report/json_values.h"

#include <charconv>
#include <cstdint>
#include <optional>

namespace weir::report {
namespace {

template <typename Number>
std::optional<Number> whole_text_as(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

Json json_of_scalar(const std::string& text) {
  if (const auto integer = whole_text_as<std::int64_t>(text)) return *integer;
  if (const auto number = whole_text_as<double>(text)) return *number;
  if (text == "true" || text == "false") return text == "true";
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
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weir::report
