#include "config/table.h"

namespace weir::config {

Value<std::int64_t> whole(std::int64_t least, std::int64_t most) {
  return {
      {.type = Allowed::Type::whole, .least = static_cast<double>(least), .most = static_cast<double>(most)},
      [=](const Node& node, std::int64_t& value) { value = node.integer(least, most); },
      [](const std::int64_t& value) { return fmt::format("{}", value); }};
}

Value<double> number(double least, double most) {
  return {{.type = Allowed::Type::number, .least = least, .most = most},
          [=](const Node& node, double& value) { value = node.number(least, most); },
          [](const double& value) { return fmt::format("{}", value); }};
}

Value<bool> boolean() {
  return {{.type = Allowed::Type::boolean},
          [](const Node& node, bool& value) { value = node.boolean(); },
          [](const bool& value) { return std::string(value ? "true" : "false"); }};
}

Value<std::string> name() {
  return {{.type = Allowed::Type::name},
          [](const Node& node, std::string& value) { value = node.name(); },
          [](const std::string& value) { return value; }};
}

Value<std::string> text() {
  return {{.type = Allowed::Type::text},
          [](const Node& node, std::string& value) { value = node.text(); },
          [](const std::string& value) { return value; }};
}

}  // namespace weir::config
