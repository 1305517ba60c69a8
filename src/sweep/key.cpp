#include "sweep/key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "report/json_values.h"
#include "weir_model_version.h"

namespace weir::sweep {
std::string_view model_version() { return WEIR_MODEL_VERSION; }

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available in libcrypto");
  return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

nlohmann::json json_of(const config::Node& node) { return report::json_value(node); }

namespace {

std::string canonical_work(const VectorWork& work) {
  const auto& [words_in, words_out, operations, values] = work;
  const auto& [function, is_pool, then_relu, images, inputs, output, filter, stride, dilation, padding,
               counts_padding, axis, order, begin, step] = values;
  std::string text = fmt::format("{} {} {}", words_in, words_out, operations);
  if (function == VectorFunction::none) return text;
  for (const TensorShape& shape : inputs) text += fmt::format(" [{}]", fmt::join(shape, " "));
  return text + fmt::format(" {} {} {} {} [{}] {} {} {} {} {} {} {} {} {} {} {} {} [{}] [{}] [{}]",
                            vector_function_name(function), is_pool, then_relu, images,
                            fmt::join(output, " "), filter.vertical, filter.horizontal, stride.vertical,
                            stride.horizontal, dilation.vertical, dilation.horizontal, padding.top,
                            padding.left, padding.bottom, padding.right, counts_padding, axis,
                            fmt::join(order, " "), fmt::join(begin, " "), fmt::join(step, " "));
}

}  // namespace

std::string canonical(const Layer& layer) {
  // All members by name, so that a new one must be thought of here.
  const auto& [name, kind, bounds, stride, dilation, padding, spacing, input, ifmap_zeros, steps, vector_work] =
      layer;
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", layer_kind_name(kind),
                     fmt::join(bounds.values, " "), stride.vertical, stride.horizontal, dilation.vertical,
                     dilation.horizontal, padding.top, padding.left, padding.bottom, padding.right,
                     spacing.vertical, spacing.horizontal, input.vertical, input.horizontal, ifmap_zeros, steps,
                     canonical_work(vector_work));
}

}  // namespace weir::sweep
