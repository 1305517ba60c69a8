#include "mapping/keys.h"

#include "mapping/mapping.h"

namespace weir {
namespace {

using config::Allowed;
using config::Key;
using enum Allowed::Type;

const Allowed kKept{.type = word, .words = {"global_buffer", "pe"}, .lengths = {Allowed::kAnyLength}};

Key optional_map(const std::string& path, const std::string& help) {
  return {.path = path, .allowed = {.type = map}, .required = false, .help = help};
}

/// A key for each level, with loops that are written as `form`.
void add_levels(const std::string& form, std::vector<Key>& keys, const std::string& unless) {
  static constexpr std::string_view kHelp[] = {
      "loops above the buffer, outermost first", "loops between the buffer and the array",
      "loops unrolled over the rows", "loops unrolled over the columns", "loops in a PE"};
  for (const Level level : kAllLevels) {
    keys.push_back({.path = std::string(level_name(level)),
                    .allowed = {.type = any, .lengths = {Allowed::kAnyLength}, .form = form},
                    .required = false,
                    .fallback = "[]",
                    .help = std::string(kHelp[static_cast<std::size_t>(level)]),
                    .unless = unless});
  }
}

}  // namespace

const std::vector<Key>& mapping_keys() {
  static const std::vector<Key> kKeys = {
      optional_map("keep", "which levels keep a tensor, for all layers that do not say it themselves"),
      {.path = "mappings", .allowed = {.type = map}, .help = "by the layer's name"},
  };
  return kKeys;
}

const std::vector<Key>& layer_mapping_keys() {
  static const std::vector<Key> kKeys = [] {
    std::vector<Key> keys = {optional_map("keep", "which levels keep a tensor, for this layer")};
    add_levels("[D=bound, ...]", keys, "");
    return keys;
  }();
  return kKeys;
}

const std::vector<Key>& keep_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "ifmap", .allowed = kKept, .required = false, .help = "always both"},
      {.path = "psum", .allowed = kKept, .required = false, .help = "always both"},
      {.path = "weight",
       .allowed = kKept,
       .required = false,
       .fallback = "[pe]",
       .help =
           "`[global_buffer, pe]` keeps weights in the buffer's banks, `[pe]` sends them from DRAM through "
           "the prefetch banks"},
  };
  return kKeys;
}

const std::vector<Key>& dataflow_keys() {
  static const std::vector<Key> kKeys = [] {
    std::vector<Key> keys = {
        {.path = "dataflow", .allowed = {.type = name}, .help = "its name"},
        {.path = "prefer",
         .allowed = {.type = word,
                     .words = {"active_pes", "cycles", "energy"},
                     .lengths = {Allowed::kAnyLength}},
         .required = false,
         .fallback = "[active_pes, cycles]",
         .help = "what decides between mappings of equal cost, the first that differs"},
        {.path = "rules",
         .allowed = {.type = map, .lengths = {Allowed::kAnyLength}},
         .required = false,
         .help =
             "instead of the levels and `keep`: several rules, for machines of several kinds; the best over "
             "all is taken"}};
    for (Key key : rule_keys()) {
      key.unless = "rules";
      keys.push_back(key);
    }
    return keys;
  }();
  return kKeys;
}

const std::vector<Key>& rule_keys() {
  static const std::vector<Key> kKeys = [] {
    std::vector<Key> keys;
    add_levels("[D, D=all, D=number, D<=number, [in any order], ...]", keys, "");
    keys.push_back(optional_map("keep", "where weights are kept"));
    return keys;
  }();
  return kKeys;
}

const std::vector<Key>& dataflow_keep_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "weight",
       .allowed = {.type = any, .form = "[pe], [global_buffer, pe] or any"},
       .fallback = "",
       .help = "`any` lets the mapper choose"},
  };
  return kKeys;
}

}  // namespace weir
