#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

/// The loops of a layer: groups, batch, output channels, input channels (both per group), output rows and
/// columns, filter rows and columns.
enum class Dimension : std::uint8_t { G, N, M, C, P, Q, R, S };

inline constexpr std::size_t kDimensions = 8;
inline constexpr std::array<Dimension, kDimensions> kAllDimensions = {
    Dimension::G, Dimension::N, Dimension::M, Dimension::C,
    Dimension::P, Dimension::Q, Dimension::R, Dimension::S};

/// One value for each dimension, indexed by Dimension.
template <typename T>
struct PerDimension {
  std::array<T, kDimensions> values{};

  constexpr T& operator[](Dimension d) { return values[static_cast<std::size_t>(d)]; }
  constexpr const T& operator[](Dimension d) const { return values[static_cast<std::size_t>(d)]; }
  friend bool operator==(const PerDimension&, const PerDimension&) = default;
};

using Extents = PerDimension<std::int64_t>;

constexpr char dimension_letter(Dimension d) { return "GNMCPQRS"[static_cast<std::size_t>(d)]; }
std::optional<Dimension> parse_dimension(std::string_view letter);

/// The data of a layer. A finished output (ofmap) is a psum that leaves.
enum class Tensor : std::uint8_t { ifmap, weight, psum };

inline constexpr std::size_t kTensors = 3;
inline constexpr std::array<Tensor, kTensors> kAllTensors = {Tensor::ifmap, Tensor::weight, Tensor::psum};

inline constexpr std::array<std::string_view, kTensors> kTensorNames = {"ifmap", "weight", "psum"};
constexpr std::string_view tensor_name(Tensor tensor) {
  return kTensorNames[static_cast<std::size_t>(tensor)];
}

/// Whether a loop over `d` changes which words of `tensor` are used.
constexpr bool touches(Dimension d, Tensor tensor) {
  switch (tensor) {
    case Tensor::ifmap:
      return d != Dimension::M;
    case Tensor::weight:
      return d != Dimension::N && d != Dimension::P && d != Dimension::Q;
    case Tensor::psum:
      return d != Dimension::C && d != Dimension::R && d != Dimension::S;
  }
  return false;
}

/// A dimension summed over: psums of different C, R and S are added into one output.
constexpr bool is_reduction(Dimension d) { return !touches(d, Tensor::psum); }

}  // namespace weir
