#include "sweep/key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>

#include "weir_model_version.h"

namespace weir::sweep {
namespace {

template <typename Number>
std::optional<Number> whole_text_as(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string_view model_version() { return WEIR_MODEL_VERSION; }

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available in libcrypto");
  return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

nlohmann::json json_of(const config::Node& node) {
  using Json = nlohmann::json;
  if (node.is_list()) {
    Json list = Json::array();
    for (const auto& item : node.list()) list.push_back(json_of(item));
    return list;
  }
  if (node.is_map()) {
    Json object = Json::object();
    for (const auto& [key, value] : node.map().entries()) object[key.text()] = json_of(value);
    return object;
  }
  if (!node.is_scalar()) return nullptr;
  const std::string text = node.text();
  if (const auto integer = whole_text_as<std::int64_t>(text)) return *integer;
  if (const auto number = whole_text_as<double>(text)) return *number;
  if (text == "true" || text == "false") return text == "true";
  return text;
}

std::string canonical(const Layer& layer) {
  // All members by name, so that a new one must be thought of here.
  const auto& [name, kind, bounds, stride, dilation, padding, input, ifmap_zeros] = layer;
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {}", layer_kind_name(kind),
                     fmt::join(bounds.values, " "), stride.vertical, stride.horizontal, dilation.vertical,
                     dilation.horizontal, padding.top, padding.left, padding.bottom, padding.right,
                     input.vertical, input.horizontal, ifmap_zeros);
}

}  // namespace weir::sweep
