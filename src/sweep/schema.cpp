#include <fmt/format.h>

#include "sweep/store.h"

namespace weir::sweep {
namespace {

/// "WEIR": says in the file's header whose it is.
constexpr std::int64_t kApplicationId = 0x57454952;

// Documented in docs/file-formats.md. Rows are in the order of their keys, whatever order they came in.
constexpr std::string_view kTables = R"(CREATE TABLE layers (
  layer_key TEXT PRIMARY KEY, failure TEXT NOT NULL, message TEXT NOT NULL,
  macs INTEGER, cycles INTEGER, active_pes INTEGER, energy REAL,
  energy_dram REAL, energy_global_buffer REAL, energy_network REAL, energy_neighbour REAL,
  energy_register_file REAL, energy_mac REAL,
  dram_words INTEGER, global_buffer_words INTEGER, bound_by TEXT, verified TEXT, mapping TEXT, stats TEXT,
  checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE points (
  point_key TEXT PRIMARY KEY, failure TEXT NOT NULL, message TEXT NOT NULL,
  accelerator TEXT NOT NULL, workload TEXT NOT NULL, dataflow TEXT NOT NULL, batch INTEGER NOT NULL,
  objective TEXT NOT NULL, overlap TEXT NOT NULL, fidelity TEXT NOT NULL, data TEXT NOT NULL,
  pes INTEGER NOT NULL, global_buffer_kb REAL NOT NULL, register_file_kb REAL NOT NULL,
  total_sram_kb REAL NOT NULL, layers INTEGER NOT NULL, missing TEXT NOT NULL,
  macs INTEGER, cycles INTEGER, milliseconds REAL, active_pes REAL, mac_utilization REAL,
  energy REAL, energy_unit TEXT NOT NULL, edp REAL,
  energy_dram REAL, energy_global_buffer REAL, energy_network REAL, energy_neighbour REAL,
  energy_register_file REAL, energy_mac REAL,
  dram_words INTEGER, global_buffer_words INTEGER, model_version TEXT NOT NULL, inputs TEXT NOT NULL,
  checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE point_layers (
  point_key TEXT NOT NULL, position INTEGER NOT NULL, layer TEXT NOT NULL, layer_key TEXT NOT NULL,
  checksum INTEGER NOT NULL, PRIMARY KEY (point_key, position)
) WITHOUT ROWID;
CREATE TABLE sweeps (sweep TEXT PRIMARY KEY, coordinates TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sweep_points (
  sweep TEXT NOT NULL, position INTEGER NOT NULL, point_key TEXT NOT NULL, coordinates TEXT NOT NULL,
  checksum INTEGER NOT NULL, PRIMARY KEY (sweep, position)
) WITHOUT ROWID;
CREATE TABLE run_times (layer_key TEXT PRIMARY KEY, fidelity TEXT NOT NULL, seconds REAL NOT NULL) WITHOUT ROWID;
)";

std::int64_t pragma(Connection& store, const std::string& name) {
  Statement statement = store.prepare("PRAGMA " + name);
  return statement.step() ? statement.integer(0) : 0;
}

/// The tables as SQLite has them, as kTables says it.
std::string tables_of(Connection& store) {
  std::string all;
  auto select = store.prepare("SELECT sql FROM sqlite_master ORDER BY rowid");
  while (select.step()) all += select.text(0) + ";\n";
  return all;
}

[[noreturn]] void refuse_schema(const Connection& store, std::string_view why) {
  throw DatabaseError(fmt::format("{}: {}", store.path().string(), why));
}

void check_schema(Connection& store) {
  if (pragma(store, "application_id") != kApplicationId)
    refuse_schema(store, "no result database of weir sweep; allowed is one, or no file");
  const auto version = pragma(store, "user_version");
  if (version != kSchemaVersion) {
    refuse_schema(
        store, fmt::format("written with schema {} of result databases; this weir reads schema {} only: keep "
                           "the file for the weir that wrote it, and give another with --database",
                           version, kSchemaVersion));
  }
  // SQLite keeps the text by which a table was made, and believes what became of it.
  if (tables_of(store) != kTables)
    refuse_schema(
        store, "its tables are not those of this schema: the file is damaged; give another with --database");
}

bool is_empty(Connection& store) { return pragma(store, "schema_version") == 0; }

}  // namespace

Connection open_store(const std::filesystem::path& path) {
  Connection store(path, Connection::Mode::write);
  if (is_empty(store) && pragma(store, "application_id") == 0) {
    // One that reads meanwhile does not wait; a kill loses nothing that was committed.
    store.execute("PRAGMA journal_mode=WAL");
    Transaction transaction(store);
    store.execute(std::string(kTables));
    store.execute(
        fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplicationId, kSchemaVersion));
    transaction.commit();
  }
  check_schema(store);
  // Among keys that are out of order a row may not be found, and then stands there twice.
  if (auto check = store.prepare("PRAGMA integrity_check(1)"); check.step() && check.text(0) != "ok")
    refuse_schema(store,
                  fmt::format("the file is damaged ({}); give another with --database", check.text(0)));
  store.execute("PRAGMA synchronous=NORMAL");
  return store;
}

Connection open_store_to_read(const std::filesystem::path& path) {
  Connection store(path, Connection::Mode::read);
  check_schema(store);
  return store;
}

}  // namespace weir::sweep
