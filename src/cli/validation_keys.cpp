#include "cli/validation_keys.h"

#include "report/comparison.h"

namespace weir::cli {
namespace {

using config::Allowed;
using config::Key;
using enum Allowed::Type;

const Allowed kMaps{.type = map, .lengths = {Allowed::kAnyLength}};

Key quantity_key() {
  return {.path = "quantity",
          .allowed = {.type = word, .words = report::quantity_names()},
          .help = "what is compared (below)"};
}

Key source_key() {
  return {.path = "source", .allowed = {.type = text}, .help = "where the numbers are published"};
}

}  // namespace

const std::vector<Key>& validation_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "validation", .allowed = {.type = name}, .help = "its name"},
      {.path = "accelerator", .allowed = {.type = text}, .help = "name or path"},
      {.path = "runs", .allowed = kMaps, .help = "the runs"},
      {.path = "order",
       .allowed = {.type = map},
       .required = false,
       .help = "that the runs stand in this published order, the least first"},
  };
  return kKeys;
}

const std::vector<Key>& order_keys() {
  static const std::vector<Key> kKeys = {
      quantity_key(),
      source_key(),
      {.path = "times_first",
       .allowed =
           {.type = number, .least = 1, .most = kMostPublished, .lengths = {2}, .form = "[least, most]"},
       .help = "no run may be fewer or more times the first than that"},
  };
  return kKeys;
}

const std::vector<Key>& run_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "accelerator",
       .allowed = {.type = text},
       .required = false,
       .help = "of this run; else the file's"},
      {.path = "workload", .allowed = {.type = text}, .help = "name or path"},
      {.path = "mapping", .allowed = {.type = text}, .help = "a file", .unless = "dataflow"},
      {.path = "dataflow",
       .allowed = {.type = text},
       .required = false,
       .help = "instead: by which mappings are searched"},
      {.path = "objective",
       .allowed = {.type = word, .words = {"energy", "latency", "edp"}},
       .required = false,
       .fallback = "energy",
       .help = "what the search makes least",
       .when = {{"dataflow", {}, true, "with `dataflow`"}}},
      {.path = "fidelity",
       .allowed = {.type = word, .words = {"simulate", "closed_form"}},
       .required = false,
       .fallback = "simulate",
       .help = "as in a sweep: `closed_form` has exact counts, and no cycles to compare"},
      {.path = "batch", .allowed = {.type = whole, .least = 1, .most = 65536}, .help = "images"},
      {.path = "layers",
       .allowed = {.type = name, .lengths = {Allowed::kAnyLength}},
       .help = "of the workload; none may be called `total`"},
      {.path = "overlap",
       .allowed = {.type = word, .words = {"processing", "total"}},
       .help = "whether DRAM is hidden or not"},
      {.path = "data",
       .allowed = {.type = word, .words = {"on", "off"}},
       .help = "whether outputs are verified",
       .when = {{"fidelity", {"closed_form"}, false, "not with `fidelity: closed_form`"}}},
      {.path = "published", .allowed = kMaps, .help = "published numbers", .unless = "against"},
      {.path = "against",
       .allowed = {.type = map},
       .required = false,
       .help = "instead: the same run with the mappings of a file, than which ours must not be worse"},
  };
  return kKeys;
}

const std::vector<Key>& published_keys() {
  static const std::vector<Key> kKeys = {
      quantity_key(),
      source_key(),
      {.path = "values",
       .allowed = {.type = map},
       .help = "a number by layer, and by `total` for all the run's layers together"},
      {.path = "tolerance_percent",
       .allowed = {.type = any, .form = "0 to 100, or a map by layer"},
       .required = false,
       .unit = "%",
       .help = "a value without one is shown (`info`) and not judged"},
  };
  return kKeys;
}

const std::vector<Key>& against_keys() {
  static const std::vector<Key> kKeys = {
      {.path = "mapping", .allowed = {.type = text}, .help = "a file"},
      quantity_key(),
      source_key(),
      {.path = "at_most_percent_more",
       .allowed = {.type = number, .least = 0, .most = 100},
       .unit = "%",
       .help = "by what ours may be more"},
  };
  return kKeys;
}

}  // namespace weir::cli
