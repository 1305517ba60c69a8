#include "sweep/point.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "config/resources.h"
#include "sweep/grid.h"
#include "sweep/key.h"

namespace weir::sweep {
namespace {

using config::Node;
using Settings = std::vector<std::pair<Node, Node>>;

constexpr std::int64_t kMostImages = 65536;

/// Reads a file that a value of the sweep file names; what cannot be found is an error at the value.
template <typename Find>
Node load(const Node& value, Find find) {
  std::string path;
  try {
    path = find(value.text());
  } catch (const std::runtime_error& error) {
    value.fail(error.what());
  }
  return Node::load(path);
}

std::vector<Layer> select_layers(const SweepSpec& spec, const Workload& workload) {
  if (spec.layers.empty()) return workload.layers;
  std::vector<Layer> layers;
  for (const Layer& layer : workload.layers) {
    const bool wanted = std::any_of(spec.layers.begin(), spec.layers.end(), [&](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), layer.name.c_str(), 0) == 0;
    });
    if (wanted) layers.push_back(layer);
  }
  if (layers.empty())
    throw config::InputError(spec.mark, fmt::format("no layer of {} is among base.layers", workload.name));
  return layers;
}

/// The numbers of a map by their paths.
void add_numbers(const Node& map, const std::string& above, Names& names) {
  for (const auto& [key, value] : map.map().entries()) {
    if (value.is_map()) {
      add_numbers(value, above + key.text() + ".", names);
    } else if (value.is_scalar()) {
      const auto json = json_of(value);
      if (json.is_number()) names[above + key.text()] = json.get<double>();
    }
  }
}

/// Reads each file once, and turns settings into points.
class Resolver {
 public:
  Resolver(const SweepSpec& spec, const FindDataflow& find_dataflow)
      : spec_(spec), find_dataflow_(find_dataflow) {}

  /// The point at these indices; nothing when `where` rules it out.
  std::optional<DesignPoint> resolve(const GridIndices& indices) {
    std::map<std::string, Node> choices;
    Settings settings;
    DesignPoint point;
    for (const auto& [path, value] : spec_.base) put(path, value, choices, settings);
    for (std::size_t i = 0; i < spec_.axes.size(); ++i) {
      for (const Values& key : spec_.axes[i].keys) {
        const Node& value = key.values[indices[i]];
        put(key.path, value, choices, settings);
        point.coordinates.push_back(value.text());
      }
    }
    read_choices(choices, point);
    Node file = accelerator_with(choices, settings, point);
    const auto names = [&] {
      Names all = names_of(file, point.accelerator, point.batch);
      add_numbers(accelerators_.at(needed(choices, "accelerator").text()), "file.", all);
      for (const auto& [name, formula] : spec_.define) {
        const double value = evaluate(formula, all);
        if (!all.emplace(name, value).second)
          formula.fail(fmt::format("{} has a meaning already", config::in_quotes(name)));
      }
      return all;
    };
    for (const Largest& largest : spec_.largest) {
      const auto holds = [&](std::int64_t value) {
        Settings tried = settings;
        tried.emplace_back(largest.path, Node::scalar(fmt::format("{}", value), largest.path.mark()));
        file = accelerator_with(choices, tried, point);
        return evaluate(largest.condition, names()) != 0;
      };
      const auto value = find_largest(largest, holds);
      if (!value) return std::nullopt;
      const Node node = Node::scalar(fmt::format("{}", *value), largest.path.mark());
      settings.emplace_back(largest.path, node);
      point.coordinates.push_back(node.text());
      file = accelerator_with(choices, settings, point);
    }
    if (!spec_.where.empty()) {
      const Names all = names();
      for (const Node& condition : spec_.where) {
        if (evaluate(condition, all) == 0) return std::nullopt;
      }
    }
    read_files(choices, point);
    point.accelerator_json = json_of(file).dump();
    add_keys(file, point);
    return point;
  }

 private:
  static void put(const Node& path, const Node& value, std::map<std::string, Node>& choices,
                  Settings& settings) {
    if (is_choice(path.text())) {
      choices.insert_or_assign(path.text(), value);
    } else {
      settings.emplace_back(path, value);
    }
  }

  const Node& needed(const std::map<std::string, Node>& choices, const std::string& name) const {
    const auto found = choices.find(name);
    if (found == choices.end())
      throw config::InputError(spec_.mark, fmt::format("no {} in base, nor on an axis", name));
    return found->second;
  }

  static void read_choices(const std::map<std::string, Node>& choices, DesignPoint& point) {
    const auto read = [&](const char* name, auto reader) {
      if (const auto found = choices.find(name); found != choices.end()) reader(found->second);
    };
    read("batch", [&](const Node& n) { point.batch = n.integer(1, kMostImages); });
    read("objective", [&](const Node& n) {
      point.objective = n.choice<Objective>(
          {{"energy", Objective::energy}, {"latency", Objective::latency}, {"edp", Objective::edp}});
    });
    read("overlap", [&](const Node& n) {
      point.overlap = n.choice<Overlap>({{"processing", Overlap::processing}, {"total", Overlap::total}});
    });
    read("fidelity", [&](const Node& n) {
      point.fidelity = n.choice<Fidelity>({{"estimate", Fidelity::estimate},
                                           {"simulate", Fidelity::simulate},
                                           {"closed_form", Fidelity::closed_form}});
    });
    read("data", [&](const Node& n) { point.data = n.choice<bool>({{"on", true}, {"off", false}}); });
    if (point.data && point.fidelity != Fidelity::simulate)
      choices.at("data").fail("data is on, which needs fidelity simulate");
  }

  /// The accelerator's file with some values in the place of its own; reads it into `point`.
  Node accelerator_with(const std::map<std::string, Node>& choices, const Settings& settings,
                        DesignPoint& point) {
    const Node& name = needed(choices, "accelerator");
    auto found = accelerators_.find(name.text());
    if (found == accelerators_.end()) {
      const Node file = load(name, [](const std::string& argument) {
        return config::find_file("accelerator", argument, "configs");
      });
      read_accelerator(file);  // Its own faults stand in its own file.
      check_paths(file, settings);
      for (const Largest& largest : spec_.largest) {
        check_paths(file,
                    {{largest.path, Node::scalar(fmt::format("{}", largest.from), largest.path.mark())}});
      }
      found = accelerators_.emplace(name.text(), file).first;
    }
    const Node file = found->second.with(settings);
    point.accelerator = read_accelerator(file);
    check_overlap(point.accelerator, point.overlap, file);
    if (point.fidelity == Fidelity::closed_form && point.accelerator.pe.zero_gating)
      choices.at("fidelity")
          .fail(fmt::format(
              "closed_form does not know which MACs {} gates; allowed is it with pe.zero_gating: false",
              name.text()));
    return file;
  }

  /// A new key is right if the accelerator's reader knows it.
  static void check_paths(const Node& file, const Settings& settings) {
    const auto known = file.paths();
    for (const auto& [path, value] : settings) {
      const std::string text = path.text();
      if (std::find(known.begin(), known.end(), text) != known.end()) continue;
      try {
        read_accelerator(file.with({{path, value}}));
      } catch (const config::InputError&) {
        auto allowed = known;
        allowed.insert(allowed.end(), kChoices.begin(), kChoices.end());
        path.fail(fmt::format("no key {} in {}{}", config::in_quotes(text), file.mark().file,
                              config::hint(text, allowed)));
      }
    }
  }

  /// The largest value of a range for which a condition holds that holds for all smaller ones.
  template <typename Holds>
  static std::optional<std::int64_t> find_largest(const Largest& largest, Holds holds) {
    if (!holds(largest.from)) return std::nullopt;
    std::int64_t good = largest.from, bad = largest.to + 1;
    while (bad - good > 1) {
      const std::int64_t middle = good + (bad - good) / 2;
      (holds(middle) ? good : bad) = middle;
    }
    return good;
  }

  void read_files(const std::map<std::string, Node>& choices, DesignPoint& point) {
    const auto resolve = [](auto& cache, const std::string& key, auto make) {
      auto& entry = cache[key];
      if (!entry) entry = make();
      return entry;
    };
    const auto energy_file = resolve(energies_, point.accelerator.energy, [&] {
      return std::make_shared<Node>(
          Node::load(config::find_file("energy", point.accelerator.energy, "configs/energy")));
    });
    // Prices may go by the accelerator's sizes.
    point.energy = std::make_shared<Resolved<energy::EnergyTable>>(Resolved<energy::EnergyTable>{
        point.accelerator.energy, energy::read_energy_table(*energy_file, point.accelerator),
        without(*energy_file, {"energy"})});
    const Node& workload = needed(choices, "workload");
    point.workload = resolve(workloads_, fmt::format("{} {}", point.batch, workload.text()), [&] {
      const Node file = load(workload, [](const std::string& argument) {
        return config::find_file("workload", argument, "workloads");
      });
      Workload read = read_workload(file, point.batch);
      read.layers = select_layers(spec_, read);
      std::string text;
      for (const Layer& layer : read.layers) text += fmt::format("{} {}\n", layer.name, canonical(layer));
      return std::make_shared<Resolved<Workload>>(
          Resolved<Workload>{workload.text(), std::move(read), std::move(text)});
    });
    const Node& dataflow = needed(choices, "dataflow");
    point.dataflow = resolve(dataflows_, dataflow.text(), [&] {
      const Node file = load(dataflow, find_dataflow_);
      return std::make_shared<Resolved<Dataflow>>(
          Resolved<Dataflow>{dataflow.text(), read_dataflow(file), without(file, {"dataflow"})});
    });
  }

  /// A file's content without names that change no result.
  static std::string without(const Node& file, const std::vector<std::string>& names) {
    auto json = json_of(file);
    for (const auto& name : names) json.erase(name);
    return json.dump();
  }

  static void add_keys(const Node& file, DesignPoint& point) {
    const std::string rest = fmt::format(
        "{}\n{}\n{}\n{} {} {} {}\n", model_version(), point.energy->canonical, point.dataflow->canonical,
        objective_name(point.objective), point.overlap == Overlap::total ? "total" : "processing",
        fidelity_name(point.fidelity), point.data ? "data" : "");
    const std::string machine = without(file, {"accelerator", "energy"}) + "\n" + rest;
    for (const Layer& layer : point.workload->value.layers)
      point.layer_keys.push_back(sha256(machine + canonical(layer)));
    point.key = sha256(fmt::format("{}\n{}\n{} {} {} {}\n{}", point.accelerator_json, rest, point.batch,
                                   point.energy->value.name, point.workload->value.name,
                                   point.dataflow->value.name, point.workload->canonical));
  }

  const SweepSpec& spec_;
  const FindDataflow& find_dataflow_;
  std::map<std::string, Node> accelerators_;
  std::map<std::string, std::shared_ptr<const Node>> energies_;
  std::map<std::string, std::shared_ptr<const Resolved<Workload>>> workloads_;
  std::map<std::string, std::shared_ptr<const Resolved<Dataflow>>> dataflows_;
};

}  // namespace

Points make_points(const SweepSpec& spec, const FindDataflow& find_dataflow) {
  Points result;
  result.grid = grid_size(spec);
  Resolver resolver(spec, find_dataflow);
  std::map<GridIndices, DesignPoint> accepted;
  std::set<std::string> seen;
  const auto accept = [&](const GridIndices& indices) {
    auto point = resolver.resolve(indices);
    if (!point) {
      ++result.ruled_out;
      return false;
    }
    if (!seen.insert(point->key).second) {
      ++result.repeated;
      return false;
    }
    accepted.emplace(indices, std::move(*point));
    return true;
  };
  for_each_grid_point(spec, accept, [&](const GridIndices& indices) {
    result.points.push_back(std::move(accepted.at(indices)));
  });
  return result;
}

MachineSize size_of(const Accelerator& accelerator) {
  const auto kb = [&](std::int64_t words) {
    return static_cast<double>(words) * static_cast<double>(accelerator.word_bits) / 8192;
  };
  const auto& pe = accelerator.pe;
  const auto& buffer = accelerator.global_buffer;
  return {accelerator.pes(), kb(buffer.banks * buffer.bank_words + buffer.weight_prefetch_words),
          kb(accelerator.pes() *
             (pe.shared_rf_words + pe.ifmap_rf_words + pe.weight_rf_words + pe.psum_rf_words))};
}

Names names_of(const Node& accelerator_file, const Accelerator& accelerator, std::int64_t batch) {
  Names names;
  add_numbers(accelerator_file, "", names);
  const MachineSize size = size_of(accelerator);
  names["pes"] = static_cast<double>(size.pes);
  names["global_buffer_kb"] = size.global_buffer_kb;
  names["register_file_kb"] = size.register_file_kb;
  names["total_sram_kb"] = size.total_sram_kb();
  names["batch"] = static_cast<double>(batch);
  return names;
}

std::string_view objective_name(Objective objective) {
  switch (objective) {
    case Objective::energy:
      return "energy";
    case Objective::latency:
      return "latency";
    case Objective::edp:
      return "edp";
  }
  return "";
}

}  // namespace weir::sweep
