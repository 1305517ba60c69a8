#include "energy/keys.h"

#include <fmt/format.h>

#include "stats/counts.h"

namespace weir::energy {
namespace {

using config::Allowed;
using config::Key;
using enum Allowed::Type;

/// What the prices of a component are for; they are one for all its actions, or go by tensor and action.
Key prices_of(stats::Component component) {
  const auto i = static_cast<std::size_t>(component);
  constexpr std::string_view kReadWrite =
      "or a map by tensor (`ifmap`, `weight`, `psum`), each a price or a map by action (`read`, `write`)";
  static constexpr std::string_view kHelp[] = {
      "a word that DRAM reads or writes: one price, ",
      "a word that the buffer reads or writes: one price, ",
      "a word and receiver: one price, or a map by tensor, each a price or a map with `hop`",
      "a word and hop from PE to PE: the same",
      "a word that a register file reads or writes: one price, ",
      "a multiply-accumulate: one price, or a map by action (`mac`, `gated_mac`); there are no tensors"};
  std::string help(kHelp[i]);
  if (help.ends_with(", ")) help += kReadWrite;
  return {.path = fmt::format("prices.{}", stats::kComponentNames[i]),
          .allowed = {.type = any, .form = "price or map"},
          .help = help};
}

}  // namespace

const std::vector<Key>& energy_keys() {
  using enum stats::Component;
  static const std::vector<Key> kKeys = {
      {.path = "energy", .allowed = {.type = name}, .help = "its name"},
      {.path = "unit",
       .allowed = {.type = word, .words = {"MAC", "pJ"}},
       .help = "of its prices; `MAC` is the energy of a multiply-accumulate"},
      prices_of(dram),
      prices_of(global_buffer),
      prices_of(network),
      prices_of(neighbour),
      prices_of(register_file),
      prices_of(mac),
  };
  return kKeys;
}

const std::vector<Key>& price_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "energy",
       .allowed = {.type = number, .least = 0, .most = kMostPrice},
       .unit = "the table's",
       .help = "of an access",
       .unless = "points"},
      {.path = "points",
       .allowed = {.type = map, .lengths = {Allowed::kAnyLength}},
       .required = false,
       .help =
           "instead: the energy by the size of a memory, or for `mac` by `word_bits`: two points or more of "
           "rising size and of energy that does not fall, straight lines between them in log(size) and "
           "log(energy); the first and the last line go on outside"},
      {.path = "access_bits",
       .allowed = {.type = whole, .least = 1, .most = static_cast<double>(kMostBits)},
       .required = false,
       .unit = "bits",
       .help =
           "width of that access; a word costs `word_bits / access_bits` of it; needed but for the points of "
           "`mac`"},
      {.path = "size",
       .allowed = {.type = word, .words = {"all_banks", "bank"}},
       .required = false,
       .fallback = "all_banks",
       .help = "of `global_buffer`, with `points`: the size is that of all its banks, prefetch banks "
               "included, or "
               "of one; a register file's is that of the tensor's"},
  };
  return kKeys;
}

const std::vector<Key>& point_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "bytes",
       .allowed = {.type = number, .least = 1, .most = kMostBytes},
       .required = false,
       .unit = "bytes",
       .help = "size of the memory"},
      {.path = "bits",
       .allowed = {.type = number, .least = 1, .most = kMostBytes},
       .required = false,
       .unit = "bits",
       .help = "of `mac` instead: width of a word"},
      {.path = "energy",
       .allowed = {.type = number, .least = kLeastEnergy, .most = kMostPrice},
       .unit = "the table's",
       .help = "of an access"},
  };
  return kKeys;
}

}  // namespace weir::energy
