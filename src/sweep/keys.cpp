#include "sweep/keys.h"

#include "sweep/spec.h"

namespace weir::sweep {
namespace {

using config::Allowed;
using FileKey = config::Key;
using enum Allowed::Type;

FileKey optional(const std::string& path, Allowed allowed, const std::string& fallback,
                 const std::string& help) {
  return {.path = path, .allowed = std::move(allowed), .required = false, .fallback = fallback, .help = help};
}

const Allowed kMap{.type = map};
const Allowed kMapList{.type = map, .lengths = {Allowed::kAnyLength}};

Allowed whole_up_to(std::int64_t least, double most) {
  return {.type = whole, .least = static_cast<double>(least), .most = most};
}

}  // namespace

const std::vector<FileKey>& sweep_keys() {
  static const std::vector<FileKey> kKeys = {
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

const config::Table<DesignPoint>& base_table() {
  using config::key;
  using P = DesignPoint;
  const auto elsewhere = [](const config::Node&, P&) {};
  static const config::Table<P> kTable = {
      key<P>("accelerator", {.type = text}, elsewhere,
             {.help = "name or path; here or on an axis", .optional = true}),
      key<P>("workload", {.type = text}, elsewhere,
             {.help = "name or path; here or on an axis", .optional = true}),
      key<P>("dataflow", {.type = text}, elsewhere,
             {.help = "name or path; here or on an axis", .optional = true}),
      key<&P::batch>("batch", config::whole(1, 65536),
                     {.help = "images of conv and fc layers", .optional = true}),
      key<&P::request, &Request::objective>(
          "objective",
          config::word<Objective>(
              {{"energy", Objective::energy}, {"latency", Objective::latency}, {"edp", Objective::edp}}),
          {.help = "what the search for mappings makes least", .optional = true}),
      key<&P::request, &Request::overlap>(
          "overlap", config::word<Overlap>({{"processing", Overlap::processing}, {"total", Overlap::total}}),
          {.help = "whether DRAM is hidden or not", .optional = true}),
      key<&P::request, &Request::fidelity>(
          "fidelity",
          config::word<Fidelity>({{"estimate", Fidelity::estimate},
                                  {"simulate", Fidelity::simulate},
                                  {"closed_form", Fidelity::closed_form}}),
          {.help = "`closed_form`: the same counts and energies as `estimate`, much sooner where steps are "
                   "many, with cycles as the mapper estimates them and no `bound_by`; not on a machine with "
                   "`pe.zero_gating`",
           .optional = true}),
      key<&P::request, &Request::data>("data", config::word<bool>({{"on", true}, {"off", false}}),
                                       {.help = "`on` verifies outputs, with `simulate`", .optional = true}),
      key<P>("layers", {.type = text, .lengths = {Allowed::kAnyLength}}, elsewhere,
             {.help = "only these: names or globs", .optional = true}),
      key<P>("set", {.type = map}, elsewhere,
             {.help = "`path: value`, keys of the accelerator", .optional = true}),
  };
  return kTable;
}

const std::vector<FileKey>& range_keys() {
  const auto number_from = [](double least) {
    return Allowed{.type = number, .least = least, .most = kMostOfRange};
  };
  static const std::vector<FileKey> kKeys = {
      {.path = "from", .allowed = number_from(-kMostOfRange), .help = "the first value"},
      {.path = "to", .allowed = number_from(-kMostOfRange), .help = "the last is no more than that"},
      optional("step", number_from(1e-9), "", "what is added from value to value"),
      optional("times", number_from(1.001), "", "instead: by what each value is multiplied"),
  };
  return kKeys;
}

const std::vector<FileKey>& largest_keys() {
  static const std::vector<FileKey> kKeys = {
      {.path = "from", .allowed = whole_up_to(0, kMostWhole), .help = "the smallest that is tried"},
      {.path = "to", .allowed = whole_up_to(0, kMostWhole), .help = "the largest"},
      {.path = "while", .allowed = {.type = text}, .help = "the condition, a formula"},
  };
  return kKeys;
}

const std::vector<FileKey>& sample_keys() {
  static const std::vector<FileKey> kKeys = {
      {.path = "points",
       .allowed = whole_up_to(1, static_cast<double>(kMostPoints)),
       .unit = "points",
       .help = "how many"},
      optional("seed", whole_up_to(0, kMostWhole), "1", "the same sample for the same seed"),
  };
  return kKeys;
}

}  // namespace weir::sweep
