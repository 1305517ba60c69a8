#include "sweep/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/metrics.h"
#include "sweep/key.h"

namespace weir::sweep {
namespace {

using report::Metrics;
using stats::Component;

/// A run of these layers, for the formulas of report/metrics.
Metrics metrics_of(const DesignPoint& point, const std::vector<report::LayerResult>& layers) {
  report::RunResult run;
  run.accelerator = point.accelerator;
  run.overlap = point.overlap;
  run.energy = point.energy->value;
  return report::metrics_of(run, layers);
}

std::string_view on_off(bool on) { return on ? "on" : "off"; }

}  // namespace

std::optional<Failure> stored_layer(Connection& store, const std::string& layer_key) {
  auto select = store.prepare("SELECT failure FROM layers WHERE layer_key = ?");
  if (!select.bind(layer_key).step()) return std::nullopt;
  const auto found = std::find(kFailureNames.begin(), kFailureNames.end(), select.text(0));
  return static_cast<Failure>(found - kFailureNames.begin());
}

void put_layer(Connection& store, const DesignPoint& point, std::size_t layer, const LayerOutcome& outcome) {
  const std::string& key = point.layer_keys[layer];
  const auto failure = kFailureNames[static_cast<std::size_t>(outcome.failure)];
  if (outcome.failure != Failure::none) {
    store.prepare("INSERT OR REPLACE INTO layers (layer_key, failure, message) VALUES (?, ?, ?)")
        .bind(key, failure, outcome.message)
        .run();
    return;
  }
  const auto& stats = outcome.stats;
  std::vector<report::LayerResult> results(1);
  results.front().layer = point.workload->value.layers[layer];
  results.front().stats = stats;
  const Metrics m = metrics_of(point, results);
  store.prepare("INSERT OR REPLACE INTO layers VALUES (?, '', '', ?,?,?,?, ?,?,?,?,?,?, ?,?,?,?,?,?)")
      .bind(key, m.macs, m.cycles, stats.active_pes, m.energy.total(), m.energy[Component::dram],
            m.energy[Component::global_buffer], m.energy[Component::network], m.energy[Component::neighbour],
            m.energy[Component::register_file], m.energy[Component::mac], m.dram_words, m.global_buffer_words,
            m.bound_by, report::verified_word(stats.verification), outcome.mapping, encode_stats(stats))
      .run();
}

void put_run_time(Connection& store, const std::string& layer_key, Fidelity fidelity, double seconds) {
  store.prepare("INSERT OR REPLACE INTO run_times VALUES (?, ?, ?)")
      .bind(layer_key, fidelity_name(fidelity), seconds)
      .run();
}

std::optional<PointSummary> put_point(Connection& store, const DesignPoint& point) {
  const auto& layers = point.workload->value.layers;
  PointSummary summary;
  std::string failure;
  std::vector<report::LayerResult> results;
  auto select = store.prepare("SELECT failure, message, stats FROM layers WHERE layer_key = ?");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!select.bind(point.layer_keys[i]).step()) return std::nullopt;
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
  const auto size = size_of(point.accelerator);
  const auto overlap = report::overlap_name(point.overlap);
  store
      .prepare(
          "INSERT OR REPLACE INTO points (point_key, failure, message, accelerator, workload, dataflow, "
          "batch, objective, overlap, fidelity, data, pes, global_buffer_kb, register_file_kb, "
          "total_sram_kb, layers, energy_unit, model_version, inputs) "
          "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
      .bind(point.key, failure, summary.message, point.accelerator.name, point.workload->value.name,
            point.dataflow->value.name, point.batch, objective_name(point.objective), overlap,
            fidelity_name(point.fidelity), on_off(point.data), size.pes, size.global_buffer_kb,
            size.register_file_kb, size.total_sram_kb(), static_cast<std::int64_t>(layers.size()),
            point.energy->value.unit, model_version(), point.accelerator_json)
      .run();
  if (!summary.failed) {
    const Metrics m = metrics_of(point, results);
    summary.energy = m.energy.total();
    summary.cycles = m.cycles;
    summary.milliseconds = m.milliseconds;
    store
        .prepare(
            "UPDATE points SET macs=?, cycles=?, milliseconds=?, active_pes=?, mac_utilization=?, energy=?, "
            "edp=?, energy_dram=?, energy_global_buffer=?, energy_network=?, energy_neighbour=?, "
            "energy_register_file=?, energy_mac=?, dram_words=?, global_buffer_words=? WHERE point_key=?")
        .bind(m.macs, m.cycles, m.milliseconds, m.active_pes, m.mac_utilization, summary.energy,
              summary.energy * static_cast<double>(m.cycles), m.energy[Component::dram],
              m.energy[Component::global_buffer], m.energy[Component::network],
              m.energy[Component::neighbour], m.energy[Component::register_file], m.energy[Component::mac],
              m.dram_words, m.global_buffer_words, point.key)
        .run();
  }
  auto insert = store.prepare("INSERT OR REPLACE INTO point_layers VALUES (?, ?, ?, ?)");
  for (std::size_t i = 0; i < layers.size(); ++i)
    insert.bind(point.key, static_cast<std::int64_t>(i), layers[i].name, point.layer_keys[i]).run();
  return summary;
}

void put_sweep(Connection& store, const SweepSpec& spec, const std::vector<DesignPoint>& points) {
  const nlohmann::json coordinates = spec.coordinates();
  store.prepare("INSERT OR REPLACE INTO sweeps VALUES (?, ?)").bind(spec.name, coordinates.dump()).run();
  store.prepare("DELETE FROM sweep_points WHERE sweep = ?").bind(spec.name).run();
  auto insert = store.prepare("INSERT INTO sweep_points VALUES (?, ?, ?, ?)");
  for (std::size_t i = 0; i < points.size(); ++i) {
    const nlohmann::json values = points[i].coordinates;
    insert.bind(spec.name, static_cast<std::int64_t>(i), points[i].key, values.dump()).run();
  }
}

std::int64_t copy_layers(Connection& store, const std::filesystem::path& shard) {
  open_store_to_read(shard);
  store.prepare("ATTACH ? AS shard").bind(shard.string()).run();
  {
    Transaction transaction(store);
    store.execute(
        "INSERT OR REPLACE INTO layers SELECT * FROM shard.layers AS new WHERE NOT EXISTS "
        "(SELECT 1 FROM layers AS old WHERE old.layer_key = new.layer_key AND "
        "(old.failure = '' OR new.failure <> ''));"
        "INSERT OR IGNORE INTO run_times SELECT * FROM shard.run_times");
    transaction.commit();
  }
  auto count = store.prepare("SELECT count(*) FROM shard.layers");
  count.bind().step();
  const auto layers = count.integer(0);
  count.bind();
  store.execute("DETACH shard");
  return layers;
}

}  // namespace weir::sweep
