#include "sweep/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "report/metrics.h"
#include "sweep/key.h"
#include "sweep/trusted_path.h"

namespace weir::sweep {
namespace {

using report::Metrics;
using stats::Component;

/// A run of these layers, for the formulas of report/metrics.
Metrics metrics_of(const DesignPoint& point, const std::vector<report::LayerResult>& layers) {
  report::RunResult run;
  run.accelerator = point.accelerator;
  run.overlap = point.request.overlap;
  run.energy = point.energy->value;
  return report::metrics_of(run, layers);
}

std::string_view on_off(bool on) { return on ? "on" : "off"; }

/// Writes a row with its checksum, in the place of one with the same key.
template <typename... Values>
void put_row(Connection& store, const std::string& table, const Values&... values) {
  static std::map<std::string, std::string> statements;
  std::string& sql = statements[table];
  if (sql.empty()) {
    std::string parameters;
    for (std::size_t i = 1; i <= sizeof...(Values); ++i)
      parameters += fmt::format("{}?{}", i == 1 ? "" : ", ", i);
    sql = fmt::format("INSERT OR REPLACE INTO {0} VALUES ({1}, weir_checksum({1}))", table, parameters);
  }
  store.prepared(sql).bind(values...).run();
}

std::string_view text_of(Failure failure) { return kFailureNames[static_cast<std::size_t>(failure)]; }

/// The numbers of a row, which one of a failure lacks.
class Numbers {
 public:
  explicit Numbers(const Metrics* metrics) : metrics_(metrics) {}
  template <typename T>
  std::optional<T> of(T Metrics::*member) const {
    return metrics_ ? std::optional(metrics_->*member) : std::nullopt;
  }
  std::optional<double> energy() const {
    return metrics_ ? std::optional(metrics_->energy.total()) : std::nullopt;
  }
  std::optional<double> energy(Component component) const {
    return metrics_ ? std::optional(metrics_->energy[component]) : std::nullopt;
  }
  std::optional<double> edp() const {
    return metrics_ ? std::optional(metrics_->energy.total() * static_cast<double>(metrics_->cycles))
                    : std::nullopt;
  }

 private:
  const Metrics* metrics_;
};

bool has_rows_of_layers(Connection& store, const DesignPoint& point, const std::string& key) {
  static const std::string sql =
      fmt::format("SELECT layer, layer_key, {} FROM point_layers AS l WHERE point_key = ? ORDER BY position",
                  is_sound(store, "point_layers", "l"));
  auto& select = store.prepared(sql).bind(key);
  const auto& layers = point.workload->value.layers;
  std::size_t same = 0;
  bool differs = false;
  while (select.step()) {
    differs |= same >= layers.size() || select.text(0) != layers[same].name ||
               select.text(1) != point.layer_keys[same].hex() || select.integer(2) == 0;
    ++same;
  }
  return !differs && same == layers.size();
}

}  // namespace

const std::string& is_sound(Connection& store, const std::string& table, const std::string& alias) {
  static std::map<std::pair<std::string, std::string>, std::string> conditions;
  std::string& condition = conditions[{table, alias}];
  if (condition.empty()) {
    auto names = store.prepare(
        fmt::format("SELECT name FROM pragma_table_info('{}') WHERE name <> 'checksum' ORDER BY cid", table));
    std::string columns;
    while (names.step()) columns += fmt::format("{}{}.{}", columns.empty() ? "" : ", ", alias, names.text(0));
    // A damaged row may lack its checksum: NULL, too, is not sound.
    condition = fmt::format("({}.checksum IS weir_checksum({}))", alias, columns);
  }
  return condition;
}

std::optional<StoredLayer> stored_layer(Connection& store, const Key& layer_key) {
  static const std::string sql =
      fmt::format("SELECT failure, {} FROM layers AS l WHERE layer_key = ?", is_sound(store, "layers", "l"));
  auto& select = store.prepared(sql).bind(layer_key.hex());
  if (!select.step()) return std::nullopt;
  const auto found = std::find(kFailureNames.begin(), kFailureNames.end(), select.text(0));
  const bool damaged = select.integer(1) == 0 || found == kFailureNames.end();
  select.reset();
  return StoredLayer{damaged ? Failure::none : static_cast<Failure>(found - kFailureNames.begin()), damaged};
}

void put_layer(Connection& store, const DesignPoint& point, std::size_t layer, const LayerOutcome& outcome) {
  const bool failed = outcome.failure != Failure::none;
  const auto& stats = outcome.stats;
  std::vector<report::LayerResult> results(1);
  results.front().layer = point.workload->value.layers[layer];
  results.front().stats = stats;
  const Metrics m = metrics_of(point, results);
  const Numbers numbers(failed ? nullptr : &m);
  const auto if_done = [&](auto value) { return failed ? std::nullopt : std::optional(value); };
  put_row(store, "layers", point.layer_keys[layer].hex(), text_of(outcome.failure),
          failed ? outcome.message : "", numbers.of(&Metrics::macs), numbers.of(&Metrics::cycles),
          if_done(stats.active_pes), numbers.energy(), numbers.energy(Component::dram),
          numbers.energy(Component::global_buffer), numbers.energy(Component::network),
          numbers.energy(Component::neighbour), numbers.energy(Component::register_file),
          numbers.energy(Component::mac), numbers.of(&Metrics::dram_words),
          numbers.of(&Metrics::global_buffer_words), numbers.of(&Metrics::bound_by),
          if_done(report::verified_word(stats.verification)), if_done(std::string_view(outcome.mapping)),
          if_done(encode_stats(stats)));
}

void put_run_time(Connection& store, const Key& layer_key, Fidelity fidelity, double seconds) {
  store.prepared("INSERT OR REPLACE INTO run_times VALUES (?, ?, ?)")
      .bind(layer_key.hex(), fidelity_name(fidelity), seconds)
      .run();
}

std::optional<PointSummary> put_point(Connection& store, const DesignPoint& point) {
  const auto& layers = point.workload->value.layers;
  PointSummary summary;
  std::string failure;
  std::vector<report::LayerResult> results;
  auto& select = store.prepared("SELECT failure, message, stats FROM layers WHERE layer_key = ?");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!select.bind(point.layer_keys[i].hex()).step()) return std::nullopt;
    if (const std::string found = select.text(0); found.empty()) {
      auto& result = results.emplace_back();
      result.layer = layers[i];
      result.stats = decode_stats(select.text(2));
    } else if (!summary.failed) {
      failure = found;
      summary.failed = true;
      summary.message = fmt::format("{}: {}", layers[i].name, select.text(1));
    }
  }
  select.reset();
  const auto size = size_of(point.accelerator);
  const Metrics m = metrics_of(point, results);
  const Numbers numbers(summary.failed ? nullptr : &m);
  const std::string key = point.key.hex();
  const Request& request = point.request;
  put_row(store, "points", key, failure, summary.message, point.accelerator.name, point.workload->value.name,
          point.dataflow->value.name, point.batch, objective_name(request.objective),
          report::overlap_name(request.overlap), fidelity_name(request.fidelity), on_off(request.data),
          size.pes, size.global_buffer_kb, size.register_file_kb, size.total_sram_kb(),
          static_cast<std::int64_t>(layers.size()), point.workload->missing, numbers.of(&Metrics::macs),
          numbers.of(&Metrics::cycles), numbers.of(&Metrics::milliseconds), numbers.of(&Metrics::active_pes),
          numbers.of(&Metrics::mac_utilization), numbers.energy(), point.energy->value.unit, numbers.edp(),
          numbers.energy(Component::dram), numbers.energy(Component::global_buffer),
          numbers.energy(Component::network), numbers.energy(Component::neighbour),
          numbers.energy(Component::register_file), numbers.energy(Component::mac),
          numbers.of(&Metrics::dram_words), numbers.of(&Metrics::global_buffer_words), model_version(),
          point.inputs());
  if (!summary.failed) {
    summary.energy = m.energy.total();
    summary.milliseconds = m.milliseconds;
  }
  store.prepared("DELETE FROM point_layers WHERE point_key = ?").bind(key).run();
  for (std::size_t i = 0; i < layers.size(); ++i)
    put_row(store, "point_layers", key, static_cast<std::int64_t>(i), layers[i].name,
            point.layer_keys[i].hex());
  return summary;
}

StoredPoint stored_point(Connection& store, const DesignPoint& point) {
  static const std::string sql =
      fmt::format("SELECT {}, failure, energy, milliseconds FROM points AS p WHERE point_key = ?",
                  is_sound(store, "points", "p"));
  const std::string key = point.key.hex();
  auto& select = store.prepared(sql).bind(key);
  if (!select.step()) return {};
  const bool sound = select.integer(0) != 0, failed = !select.text(1).empty();
  const PointSummary summary{false, "", select.real(2), select.real(3)};
  select.reset();
  if (!sound || !has_rows_of_layers(store, point, key)) return {std::nullopt, true};
  // What failed may have a result since, from another sweep.
  if (failed) return {};
  return {summary, false};
}

void put_sweep(Connection& store, const SweepSpec& spec, const std::vector<DesignPoint>& points) {
  const nlohmann::json coordinates = spec.coordinates();
  put_row(store, "sweeps", spec.name, coordinates.dump());
  store.prepare("DELETE FROM sweep_points WHERE sweep = ?").bind(spec.name).run();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const nlohmann::json values = points[i].coordinates;
    put_row(store, "sweep_points", spec.name, static_cast<std::int64_t>(i), points[i].key.hex(),
            values.dump());
  }
}

std::int64_t copy_layers(Connection& store, const std::filesystem::path& shard) {
  open_store_to_read(shard);
  store.prepare("ATTACH ? AS shard").bind(trusted_path(shard).string()).run();
  const std::string& new_is_sound = is_sound(store, "layers", "new");
  {
    Transaction transaction(store);
    store.execute(
        fmt::format("INSERT OR REPLACE INTO layers SELECT * FROM shard.layers AS new WHERE {} AND NOT EXISTS "
                    "(SELECT 1 FROM layers AS old WHERE old.layer_key = new.layer_key AND {} AND "
                    "(old.failure = '' OR new.failure <> ''));"
                    "INSERT OR IGNORE INTO run_times SELECT * FROM shard.run_times",
                    new_is_sound, is_sound(store, "layers", "old")));
    transaction.commit();
  }
  std::int64_t damaged = 0;
  {
    auto count =
        store.prepare(fmt::format("SELECT count(*) FROM shard.layers AS new WHERE NOT {}", new_is_sound));
    count.step();
    damaged = count.integer(0);
  }
  store.execute("DETACH shard");
  return damaged;
}

}  // namespace weir::sweep
