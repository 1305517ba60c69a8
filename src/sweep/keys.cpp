#include "sweep/keys.h"

#include "sweep/spec.h"

namespace weir::sweep {
namespace {

using config::Allowed;
using config::Key;
using enum Allowed::Type;

Key optional(const std::string& path, Allowed allowed, const std::string& fallback, const std::string& help) {
  return {.path = path, .allowed = std::move(allowed), .required = false, .fallback = fallback, .help = help};
}

const Allowed kMap{.type = map};
const Allowed kMapList{.type = map, .lengths = {Allowed::kAnyLength}};

Allowed whole_up_to(std::int64_t least, double most) {
  return {.type = whole, .least = static_cast<double>(least), .most = most};
}

}  // namespace

const std::vector<Key>& sweep_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "sweep", .allowed = {.type = name}, .help = "its name"},
      {.path = "base",
       .allowed = kMap,
       .help = "what is the same at all points, unless an axis says otherwise"},
      optional(
          "axes", kMap, "",
          "`path: values`; a path is a key of the accelerator (`global_buffer.bank_words`, `energy`) or one "
          "of base's words. Values are a list or a range up to and including `to`: `{from: 4, to: 16, step: "
          "4}`, `{from: 256, to: 16384, times: 2}`. All combinations are points; the last axis varies "
          "fastest"),
      optional("together", kMapList, "",
               "list of maps `path: values`, each an axis whose keys move together; a key may have a value "
               "several times, such as an accelerator for each of its dataflows"),
      optional("define", kMap, "",
               "`name: formula`, names for the formulas below it, for `largest` and for `where`"),
      optional(
          "largest", kMap, "",
          "`path: {from, to, while: condition}`: the key gets the largest whole number in the range for "
          "which the condition holds (it must hold for all smaller ones); a point where it never holds is "
          "left out. With an area as the condition this is scaling at equal area"),
      optional("where", {.type = text, .lengths = {0, Allowed::kAnyLength}, .form = "condition or list"}, "",
               "a condition or a list of them; points that break one are left out"),
      optional("sample", kMap, "", "so many points of the grid that meet `where`, chosen at random"),
  };
  return kKeys;
}

const std::vector<Key>& base_keys() {
  static const std::vector<Key> kKeys = {
      optional("accelerator", {.type = text}, "", "name or path; here or on an axis"),
      optional("workload", {.type = text}, "", "name or path; here or on an axis"),
      optional("dataflow", {.type = text}, "", "name or path; here or on an axis"),
      optional("batch", whole_up_to(1, 65536), "1", "images of conv and fc layers"),
      optional("objective", {.type = word, .words = {"energy", "latency", "edp"}}, "edp",
               "what the search for mappings makes least"),
      optional("overlap", {.type = word, .words = {"processing", "total"}}, "processing",
               "whether DRAM is hidden or not"),
      optional("fidelity", {.type = word, .words = {"estimate", "simulate", "closed_form"}}, "estimate",
               "`closed_form`: the same counts and energies as `estimate`, much sooner where steps are many, "
               "with cycles as the mapper estimates them and no `bound_by`; not on a machine with "
               "`pe.zero_gating`"),
      optional("data", {.type = word, .words = {"off", "on"}}, "off",
               "`on` verifies outputs, with `simulate`"),
      optional("layers", {.type = text, .lengths = {Allowed::kAnyLength}}, "", "only these: names or globs"),
      optional("set", kMap, "", "`path: value`, keys of the accelerator"),
  };
  return kKeys;
}

const std::vector<Key>& range_keys() {
  const auto number_from = [](double least) {
    return Allowed{.type = number, .least = least, .most = kMostOfRange};
  };
  static const std::vector<Key> kKeys = {
      {.path = "from", .allowed = number_from(-kMostOfRange), .help = "the first value"},
      {.path = "to", .allowed = number_from(-kMostOfRange), .help = "the last is no more than that"},
      optional("step", number_from(1e-9), "", "what is added from value to value"),
      optional("times", number_from(1.001), "", "instead: by what each value is multiplied"),
  };
  return kKeys;
}

const std::vector<Key>& largest_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "from", .allowed = whole_up_to(0, kMostWhole), .help = "the smallest that is tried"},
      {.path = "to", .allowed = whole_up_to(0, kMostWhole), .help = "the largest"},
      {.path = "while", .allowed = {.type = text}, .help = "the condition, a formula"},
  };
  return kKeys;
}

const std::vector<Key>& sample_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "points",
       .allowed = whole_up_to(1, static_cast<double>(kMostPoints)),
       .unit = "points",
       .help = "how many"},
      optional("seed", whole_up_to(0, kMostWhole), "1", "the same sample for the same seed"),
  };
  return kKeys;
}

}  // namespace weir::sweep
