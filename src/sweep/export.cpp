#include "sweep/export.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "report/csv.h"

namespace weir::sweep {
namespace {

using OrderedJson = nlohmann::ordered_json;

enum class Type : std::uint8_t { text, integer, real };

struct Column {
  std::string_view name;
  Type type;
};

constexpr std::array<Column, 33> kPointColumns = {{
    {"failure", Type::text},
    {"accelerator", Type::text},
    {"workload", Type::text},
    {"dataflow", Type::text},
    {"batch", Type::integer},
    {"objective", Type::text},
    {"overlap", Type::text},
    {"fidelity", Type::text},
    {"data", Type::text},
    {"pes", Type::integer},
    {"global_buffer_kb", Type::real},
    {"register_file_kb", Type::real},
    {"total_sram_kb", Type::real},
    {"layers", Type::integer},
    {"macs", Type::integer},
    {"cycles", Type::integer},
    {"milliseconds", Type::real},
    {"active_pes", Type::real},
    {"mac_utilization", Type::real},
    {"energy", Type::real},
    {"energy_unit", Type::text},
    {"edp", Type::real},
    {"energy_dram", Type::real},
    {"energy_global_buffer", Type::real},
    {"energy_network", Type::real},
    {"energy_neighbour", Type::real},
    {"energy_register_file", Type::real},
    {"energy_mac", Type::real},
    {"dram_words", Type::integer},
    {"global_buffer_words", Type::integer},
    {"model_version", Type::text},
    {"message", Type::text},
    {"missing", Type::text},
}};
constexpr std::array<Column, 19> kLayerColumns = {{
    {"layer", Type::text},          {"failure", Type::text},          {"message", Type::text},
    {"macs", Type::integer},        {"cycles", Type::integer},        {"active_pes", Type::integer},
    {"energy", Type::real},         {"energy_dram", Type::real},      {"energy_global_buffer", Type::real},
    {"energy_network", Type::real}, {"energy_neighbour", Type::real}, {"energy_register_file", Type::real},
    {"energy_mac", Type::real},     {"dram_words", Type::integer},    {"global_buffer_words", Type::integer},
    {"bound_by", Type::text},       {"verified", Type::text},         {"mapping", Type::text},
    {"layer_key", Type::text},
}};

template <std::size_t N>
std::string list_of(const std::array<Column, N>& columns, std::string_view table) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(fmt::format("{}.{}", table, column.name));
  return fmt::to_string(fmt::join(names, ", "));
}

OrderedJson value_of(const Statement& row, int i, Type type) {
  if (row.is_null(i)) return nullptr;
  switch (type) {
    case Type::integer:
      return row.integer(i);
    case Type::real:
      return row.real(i);
    case Type::text:
      break;
  }
  return row.text(i);
}

std::string csv_field(const OrderedJson& value) {
  if (value.is_null()) return "";
  return value.is_string() ? report::csv_field(value.get<std::string>()) : value.dump();
}

[[noreturn]] void refuse(const Connection& store, std::string_view what) {
  throw DatabaseError(
      fmt::format("{}: {} is damaged: the same sweep again computes it anew", store.path().string(), what));
}

OrderedJson coordinates_of(Connection& store, const std::string& sweep) {
  auto select = store.prepare(
      fmt::format("SELECT coordinates, {} FROM sweeps AS s WHERE sweep = ?", is_sound(store, "sweeps", "s")));
  if (!select.bind(sweep).step())
    throw DatabaseError(fmt::format("{}: no results of sweep {}", store.path().string(), sweep));
  if (select.integer(1) == 0) refuse(store, fmt::format("the row of sweep {}", sweep));
  return OrderedJson::parse(select.text(0));
}

/// Calls visit(row) for each point: kFirstColumn columns and then kPointColumns.
template <typename Visit>
void for_each_point(Connection& store, const std::string& sweep, Visit visit) {
  auto select = store.prepare(fmt::format(
      "SELECT s.position, s.coordinates, p.point_key, p.inputs, {} AND {}, {} FROM sweep_points AS s "
      "JOIN points AS p USING (point_key) WHERE s.sweep = ? ORDER BY s.position",
      is_sound(store, "sweep_points", "s"), is_sound(store, "points", "p"), list_of(kPointColumns, "p")));
  select.bind(sweep);
  while (select.step()) {
    if (select.integer(4) == 0) refuse(store, fmt::format("the row of point {}", select.integer(0)));
    visit(select);
  }
}
constexpr int kFirstColumn = 5;

}  // namespace

std::string points_csv(Connection& store, const std::string& sweep) {
  std::vector<std::string> head = {"point"};
  for (const OrderedJson& path : coordinates_of(store, sweep)) {
    const bool is_column = std::any_of(kPointColumns.begin(), kPointColumns.end(),
                                       [&](const Column& column) { return column.name == path; });
    head.push_back(report::csv_field((is_column ? "axis_" : "") + path.get<std::string>()));
  }
  for (const Column& column : kPointColumns) head.emplace_back(column.name);
  std::vector<std::string> lines = {fmt::to_string(fmt::join(head, ","))};
  for_each_point(store, sweep, [&](const Statement& row) {
    std::vector<std::string> fields = {row.text(0)};
    for (const OrderedJson& value : OrderedJson::parse(row.text(1))) fields.push_back(csv_field(value));
    for (std::size_t i = 0; i < kPointColumns.size(); ++i)
      fields.push_back(csv_field(value_of(row, kFirstColumn + static_cast<int>(i), kPointColumns[i].type)));
    lines.push_back(fmt::to_string(fmt::join(fields, ",")));
  });
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

std::string points_json(Connection& store, const std::string& sweep) {
  const OrderedJson paths = coordinates_of(store, sweep);
  auto layers = store.prepare(
      fmt::format("SELECT p.layer, {}, {} AND {} FROM point_layers AS p JOIN layers AS l USING (layer_key) "
                  "WHERE p.point_key = ? ORDER BY p.position",
                  list_of(kLayerColumns, "l").substr(std::string_view("l.layer, ").size()),
                  is_sound(store, "point_layers", "p"), is_sound(store, "layers", "l")));
  OrderedJson points = OrderedJson::array();
  for_each_point(store, sweep, [&](const Statement& row) {
    OrderedJson point = {{"point", row.integer(0)}, {"coordinates", OrderedJson::object()}};
    const OrderedJson values = OrderedJson::parse(row.text(1));
    for (std::size_t i = 0; i < paths.size(); ++i)
      point["coordinates"][paths[i].get<std::string>()] = values[i];
    for (std::size_t i = 0; i < kPointColumns.size(); ++i)
      point[std::string(kPointColumns[i].name)] =
          value_of(row, kFirstColumn + static_cast<int>(i), kPointColumns[i].type);
    point["inputs"] = OrderedJson::parse(row.text(3));
    const auto count = point["layers"].get<std::size_t>();
    OrderedJson& list = point["layers"] = OrderedJson::array();
    layers.bind(row.text(2));
    while (layers.step()) {
      if (layers.integer(kLayerColumns.size()) == 0) break;
      OrderedJson& layer = list.emplace_back(OrderedJson::object());
      for (std::size_t i = 0; i < kLayerColumns.size(); ++i) {
        const OrderedJson value = value_of(layers, static_cast<int>(i), kLayerColumns[i].type);
        const bool is_json = kLayerColumns[i].name == "mapping" && value.is_string();
        layer[std::string(kLayerColumns[i].name)] =
            is_json ? OrderedJson::parse(value.get<std::string>()) : value;
      }
    }
    if (list.size() != count) refuse(store, fmt::format("a layer of point {}", row.integer(0)));
    points.push_back(std::move(point));
  });
  const OrderedJson all = {
      {"schema_version", kSchemaVersion}, {"sweep", sweep}, {"coordinates", paths}, {"points", points}};
  return all.dump(1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace weir::sweep
