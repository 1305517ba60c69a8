#include "sweep/point.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>

#include "config/resources.h"
#include "sweep/expression.h"
#include "sweep/grid.h"
#include "sweep/keys.h"
#include "sweep/names.h"

namespace weir::sweep {
namespace {

using config::Node;

/// Reads a file that a value of the sweep file names; what cannot be found is an error at the value.
Node load(const Node& value, const char* asked_by, const config::InputKind& kind) {
  const auto path = config::find(value.text(), kind);
  if (!path)
    value.fail(fmt::format("{} is {}: {}", asked_by, config::in_quotes(value.text()),
                           config::not_found(value.text(), kind)));
  return Node::load(*path);
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

/// The values of an axis's key as nodes, each made once for all its points.
class AxisNodes {
 public:
  explicit AxisNodes(const Values& values) : values_(&values), made_(values.size()) {}
  const Node& at(std::size_t i) {
    if (!made_[i]) made_[i] = values_->at(i);
    return *made_[i];
  }

 private:
  const Values* values_;
  std::vector<std::optional<Node>> made_;
};

/// Reads each file once, and turns settings into points.
class Resolver {
 public:
  explicit Resolver(const SweepSpec& spec) : spec_(spec) {
    for (const Axis& axis : spec.axes) {
      for (const KeyValues& key : axis.keys) axis_nodes_.emplace_back(key.values);
    }
    for (const auto& [name, formula] : spec.define) defined_.emplace_back(name, Formula(formula));
    for (const Largest& largest : spec.largest) conditions_.emplace_back(largest.condition);
    for (const Node& condition : spec.where) where_.emplace_back(condition);
  }

  /// The point at these indices; nothing when `where` rules it out.
  std::optional<DesignPoint> resolve(const GridIndices& indices) {
    Choices choices;
    DesignPoint point;
    for (const auto& [path, value] : spec_.base) put(path, value, choices, point.settings);
    auto nodes = axis_nodes_.begin();
    for (std::size_t i = 0; i < spec_.axes.size(); ++i) {
      for (const KeyValues& key : spec_.axes[i].keys) {
        const Node& value = (nodes++)->at(indices[i]);
        put(key.path, value, choices, point.settings);
        point.coordinates.push_back(value.text());
      }
    }
    read_choices(choices, point);
    Node file = accelerator_with(choices, point);
    for (std::size_t i = 0; i < spec_.largest.size(); ++i) {
      const auto value = find_largest(spec_.largest[i], [&](std::int64_t tried) {
        set(spec_.largest[i].path, tried, point);
        file = accelerator_with(choices, point);
        const bool holds = evaluate(conditions_[i], file, point) != 0;
        point.settings.pop_back();
        return holds;
      });
      if (!value) return std::nullopt;
      set(spec_.largest[i].path, *value, point);
      point.coordinates.push_back(fmt::format("{}", *value));
      file = accelerator_with(choices, point);
    }
    for (Formula& condition : where_) {
      if (evaluate(condition, file, point) == 0) return std::nullopt;
    }
    read_files(choices, point);
    add_keys(file, point);
    return point;
  }

 private:
  using Choices = std::map<std::string, Node>;

  static void set(const Node& path, std::int64_t value, DesignPoint& point) {
    point.settings.emplace_back(path, Node::scalar(fmt::format("{}", value), path.mark()));
  }

  /// The value of a formula at a point whose accelerator is that of `file`.
  double evaluate(Formula& formula, const Node& file, const DesignPoint& point) {
    std::map<std::string, double> defined;
    const Names machine = names_of({file, *point.accelerator_file, point.accelerator, point.batch});
    const Names names{[&](const std::string& name) {
                        const auto found = defined.find(name);
                        return found == defined.end() ? machine.find(name) : std::optional(found->second);
                      },
                      [&] {
                        auto all = machine.all();
                        for (const auto& [name, value] : defined) all.push_back(name);
                        return all;
                      }};
    for (std::size_t i = 0; i < defined_.size(); ++i) {
      auto& [name, define] = defined_[i];
      const double value = define.evaluate(names);
      if (names.find(name))
        spec_.define[i].second.fail(fmt::format("{} has a meaning already", config::in_quotes(name)));
      defined.emplace(name, value);
    }
    return formula.evaluate(names);
  }

  static void put(const Node& path, const Node& value, Choices& choices, Settings& settings) {
    if (is_choice(path.text())) {
      choices.insert_or_assign(path.text(), value);
    } else {
      settings.emplace_back(path, value);
    }
  }

  const Node& needed(const Choices& choices, const std::string& name) const {
    const auto found = choices.find(name);
    if (found == choices.end())
      throw config::InputError(spec_.mark, fmt::format("no {} in base, nor on an axis", name));
    return found->second;
  }

  static void read_choices(const Choices& choices, DesignPoint& point) {
    for (const auto& [name, value] : choices) base_table().read_key(name, value, point);
    if (point.request.data && point.request.fidelity != Fidelity::simulate)
      choices.at("data").fail("data is on, which needs fidelity simulate");
  }

  /// The accelerator's file with the point's values in the place of its own; reads it into `point`.
  Node accelerator_with(const Choices& choices, DesignPoint& point) {
    const Node& name = needed(choices, "accelerator");
    auto& original = accelerators_[name.text()];
    if (!original) {
      const Node read = load(name, "accelerator", config::kAccelerators);
      read_accelerator(read);  // Its own faults stand in its own file.
      check_paths(read, point.settings);
      for (const Largest& largest : spec_.largest) {
        check_paths(read,
                    {{largest.path, Node::scalar(fmt::format("{}", largest.from), largest.path.mark())}});
      }
      original = std::make_shared<const Node>(read);
    }
    point.accelerator_file = original;
    Node file = original->with(point.settings);
    point.accelerator = read_accelerator(file);
    check_overlap(point.accelerator, point.request.overlap, file);
    if (point.request.fidelity == Fidelity::closed_form && point.accelerator.pe.zero_gating)
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

  void read_files(const Choices& choices, DesignPoint& point) {
    const auto resolve = [](auto& cache, const std::string& key, auto make) {
      auto& entry = cache[key];
      if (!entry) entry = make();
      return entry;
    };
    const auto energy_file = resolve(energy_files_, point.accelerator.energy, [&] {
      return std::make_shared<Node>(
          Node::load(config::find_file("energy", point.accelerator.energy, config::kEnergyTables)));
    });
    // Prices may go by the accelerator's sizes; most points share theirs all the same.
    auto table = energy::read_energy_table(*energy_file, point.accelerator);
    const Key prices = key_of(table);
    auto& energy = energies_[{point.accelerator.energy, prices}];
    if (!energy) {
      energy = std::make_shared<Resolved<energy::EnergyTable>>(
          Resolved<energy::EnergyTable>{point.accelerator.energy, std::move(table), prices});
    }
    point.energy = energy;
    const Node& workload = needed(choices, "workload");
    point.workload = resolve(workloads_, fmt::format("{} {}", point.batch, workload.text()), [&] {
      const Node file = load(workload, "workload", config::kWorkloads);
      ResolvedWorkload resolved{workload.text(), read_workload(file, point.batch), {}, {}, {}};
      resolved.missing = missing_text(resolved.value);
      resolved.value.layers = select_layers(spec_, resolved.value);
      KeyMaker all;
      for (const Layer& layer : resolved.value.layers) {
        resolved.layers.push_back(key_of(layer));
        all.add(layer.name).add(resolved.layers.back());
      }
      // An odd number of parts: no layers come to the same.
      if (!resolved.missing.empty()) all.add(resolved.missing);
      resolved.key = all.key();
      return std::make_shared<ResolvedWorkload>(std::move(resolved));
    });
    const Node& dataflow = needed(choices, "dataflow");
    point.dataflow = resolve(dataflows_, dataflow.text(), [&] {
      const Node file = load(dataflow, "dataflow", config::kDataflows);
      // Its name changes no result.
      auto rules = json_of(file);
      rules.erase("dataflow");
      return std::make_shared<Resolved<Dataflow>>(
          Resolved<Dataflow>{dataflow.text(), read_dataflow(file), KeyMaker().add(rules.dump()).key()});
    });
  }

  static void add_keys(const Node& file, DesignPoint& point) {
    const Key common = KeyMaker()
                           .add(model_version())
                           .add(key_of(point.accelerator))
                           .add(point.energy->key)
                           .add(point.dataflow->key)
                           .add(key_of(point.request))
                           .key();
    point.layer_keys.reserve(point.workload->layers.size());
    for (const Key& layer : point.workload->layers)
      point.layer_keys.push_back(KeyMaker().add(common).add(layer).key());
    point.key = KeyMaker()
                    .add(common)
                    .add(json_of(file).dump())
                    .add(point.workload->key)
                    .add_integer(point.batch)
                    .add(point.energy->value.name)
                    .add(point.workload->value.name)
                    .add(point.dataflow->value.name)
                    .key();
  }

  const SweepSpec& spec_;
  std::vector<AxisNodes> axis_nodes_;  ///< of all keys of all axes
  std::vector<std::pair<std::string, Formula>> defined_;
  std::vector<Formula> conditions_;  ///< of `largest`
  std::vector<Formula> where_;
  std::map<std::string, std::shared_ptr<const Node>> accelerators_;
  std::map<std::string, std::shared_ptr<const Node>> energy_files_;
  std::map<std::pair<std::string, Key>, std::shared_ptr<const Resolved<energy::EnergyTable>>> energies_;
  std::map<std::string, std::shared_ptr<const ResolvedWorkload>> workloads_;
  std::map<std::string, std::shared_ptr<const Resolved<Dataflow>>> dataflows_;
};

}  // namespace

std::string DesignPoint::inputs() const { return json_of(accelerator_file->with(settings)).dump(); }

Points make_points(const SweepSpec& spec, const std::function<void(const Preparation&)>& report) {
  Points result;
  result.grid = grid_size(spec);
  Resolver resolver(spec);
  Preparation preparation{0, std::min(result.grid, kMostLookedAt), 0};
  std::vector<std::pair<std::uint64_t, DesignPoint>> accepted;
  std::unordered_set<Key, HashKey> seen;
  std::size_t layers = 0;
  for_each_grid_point(spec, [&](std::uint64_t position, const GridIndices& indices) {
    auto point = resolver.resolve(indices);
    ++preparation.looked_at;
    const bool is_new = point && seen.insert(point->key).second;
    if (!point) {
      ++result.ruled_out;
    } else if (!is_new) {
      ++result.repeated;
    } else {
      layers += point->layer_keys.size();
      if (layers > kMostLayers)
        throw config::InputError(
            spec.mark, fmt::format("more than {0} layers of all points; allowed are {0}", kMostLayers));
      accepted.emplace_back(position, std::move(*point));
    }
    preparation.points = accepted.size();
    if (report) report(preparation);
    return is_new;
  });
  // A sample comes in the order of its draws.
  std::sort(accepted.begin(), accepted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  result.points.reserve(accepted.size());
  for (auto& [position, point] : accepted) result.points.push_back(std::move(point));
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
