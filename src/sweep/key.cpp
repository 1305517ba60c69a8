#include "sweep/key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <type_traits>

#include "report/json_values.h"
#include "weir_model_version.h"

namespace weir::sweep {

std::string_view model_version() { return WEIR_MODEL_VERSION; }

Digest sha256(std::string_view bytes) {
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> method(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free);
  Digest digest{};
  unsigned size = 0;
  if (!method || EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, method.get(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available in libcrypto");
  return digest;
}

nlohmann::json json_of(const config::Node& node) { return report::json_value(node); }

std::string Key::hex() const { return fmt::format("{:02x}", fmt::join(bytes, "")); }

std::size_t HashKey::operator()(const Key& key) const {
  std::size_t value = 0;
  std::memcpy(&value, key.bytes.data(), sizeof value);
  return value;
}

KeyMaker& KeyMaker::add(std::string_view text) {
  add_integer(static_cast<std::int64_t>(text.size()));
  bytes_.append(text);
  return *this;
}

KeyMaker& KeyMaker::add(const Key& key) {
  bytes_.append(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
  return *this;
}

KeyMaker& KeyMaker::add_integer(std::int64_t value) {
  // The same on machines of either byte order.
  for (int shift = 0; shift < 64; shift += 8)
    bytes_.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift));
  return *this;
}

KeyMaker& KeyMaker::add_number(double value) {
  std::int64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return add_integer(bits);
}

Key KeyMaker::key() const { return {sha256(bytes_)}; }

// All members of each type by name, so that a new one must be thought of here.
namespace {

template <typename T>
concept Whole = std::is_integral_v<T> || std::is_enum_v<T>;

void put(KeyMaker& maker, Whole auto value) { maker.add_integer(static_cast<std::int64_t>(value)); }
void put(KeyMaker& maker, double value) { maker.add_number(value); }

void put(KeyMaker& maker, const Plane& plane);
void put(KeyMaker& maker, const Padding& padding);
void put(KeyMaker& maker, const Extents& extents);
void put(KeyMaker& maker, const VectorValues& values);
void put(KeyMaker& maker, const VectorWork& work);
void put(KeyMaker& maker, const ProcessingElementSpec& pe);
void put(KeyMaker& maker, const NetworkSpec& network);
void put(KeyMaker& maker, const NeighbourSums& sums);
void put(KeyMaker& maker, const PsumPorts& ports);
void put(KeyMaker& maker, const NetworksSpec& networks);
void put(KeyMaker& maker, const GlobalBufferSpec& buffer);
void put(KeyMaker& maker, const DramSpec& dram);

template <typename T>
void put(KeyMaker& maker, const std::vector<T>& list) {
  put(maker, list.size());
  for (const T& item : list) put(maker, item);
}

template <typename... Members>
void put_all(KeyMaker& maker, const Members&... members) {
  (put(maker, members), ...);
}

void put(KeyMaker& maker, const Plane& plane) {
  const auto& [vertical, horizontal] = plane;
  put_all(maker, vertical, horizontal);
}

void put(KeyMaker& maker, const Padding& padding) {
  const auto& [top, left, bottom, right] = padding;
  put_all(maker, top, left, bottom, right);
}

void put(KeyMaker& maker, const Extents& extents) {
  for (const std::int64_t extent : extents.values) put(maker, extent);
}

void put(KeyMaker& maker, const VectorValues& values) {
  const auto& [function, is_pool, then_relu, images, inputs, output, filter, stride, dilation, padding,
               counts_padding, axis, order, begin, step] = values;
  put_all(maker, function, is_pool, then_relu, images, inputs, output, filter, stride, dilation, padding,
          counts_padding, axis, order, begin, step);
}

void put(KeyMaker& maker, const VectorWork& work) {
  const auto& [words_in, words_out, operations, values] = work;
  put_all(maker, words_in, words_out, operations, values);
}

void put(KeyMaker& maker, const ProcessingElementSpec& pe) {
  const auto& [ifmap_rf_words, weight_rf_words, psum_rf_words, input_fifo_words, zero_gating, shared_rf_words,
               last_sum, padding_macs] = pe;
  put_all(maker, ifmap_rf_words, weight_rf_words, psum_rf_words, input_fifo_words, zero_gating,
          shared_rf_words, last_sum, padding_macs);
}

void put(KeyMaker& maker, const NetworkSpec& network) {
  const auto& [words_per_cycle] = network;
  put(maker, words_per_cycle);
}

void put(KeyMaker& maker, const NeighbourSums& sums) {
  const auto& [c, r, s] = sums;
  put_all(maker, c, r, s);
}

void put(KeyMaker& maker, const PsumPorts& ports) {
  const auto& [words, reads_initial] = ports;
  put_all(maker, words, reads_initial);
}

void put(KeyMaker& maker, const NetworksSpec& networks) {
  const auto& [ifmap, weight, psum_in, psum_out, delivery, neighbour_sums, weight_barrier, psum_ports] =
      networks;
  put_all(maker, ifmap, weight, psum_in, psum_out, delivery, neighbour_sums, weight_barrier, psum_ports);
}

void put(KeyMaker& maker, const GlobalBufferSpec& buffer) {
  const auto& [banks, bank_words, weight_prefetch_words, last_sum, loads, ifmap_bypasses, psum_bypasses,
               padding] = buffer;
  put_all(maker, banks, bank_words, weight_prefetch_words, last_sum, loads, ifmap_bypasses, psum_bypasses,
          padding);
}

void put(KeyMaker& maker, const DramSpec& dram) {
  const auto& [words_per_kilocycle, latency_cycles] = dram;
  put_all(maker, words_per_kilocycle, latency_cycles);
}

}  // namespace

Key key_of(const Layer& layer) {
  const auto& [name, kind, bounds, stride, dilation, padding, spacing, input, ifmap_zeros, steps,
               vector_work] = layer;
  KeyMaker maker;
  put_all(maker, kind, bounds, stride, dilation, padding, spacing, input, ifmap_zeros, steps, vector_work);
  return maker.key();
}

Key key_of(const Accelerator& accelerator) {
  const auto& [name, clock_mhz, word_bits, rows, columns, double_buffered, pe, networks, global_buffer, dram,
               vector_operations_per_cycle, energy] = accelerator;
  KeyMaker maker;
  put_all(maker, clock_mhz, word_bits, rows, columns, double_buffered, pe, networks, global_buffer, dram,
          vector_operations_per_cycle);
  return maker.key();
}

Key key_of(const energy::EnergyTable& table) {
  KeyMaker maker;
  maker.add(table.unit);
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    for (std::size_t d = 0; d < kTensors; ++d) {
      for (std::size_t a = 0; a < stats::kActions; ++a)
        put(maker, table.price(static_cast<stats::Component>(c), static_cast<Tensor>(d),
                               static_cast<stats::Action>(a)));
    }
  }
  return maker.key();
}

Key key_of(const Request& request) {
  const auto& [objective, overlap, fidelity, data] = request;
  KeyMaker maker;
  put_all(maker, objective, overlap, fidelity, data);
  return maker.key();
}

}  // namespace weir::sweep
