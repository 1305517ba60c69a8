#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "support/program.h"
#include "sweep/sqlite.h"

namespace weir::test {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline void execute_sql(const std::string& database, const std::string& sql) {
  sweep::Connection(database, sweep::Connection::Mode::write).execute(sql);
}

/// All rows of a result database that must not depend on how they came about, each with its table's name.
inline std::vector<std::string> rows_of(const std::string& database) {
  sweep::Connection connection(database, sweep::Connection::Mode::read);
  std::vector<std::string> rows;
  for (const char* table : {"layers", "points", "point_layers", "sweeps", "sweep_points"}) {
    std::vector<std::string> columns;
    auto info = connection.prepare(fmt::format("SELECT name FROM pragma_table_info('{}')", table));
    while (info.step()) columns.push_back(info.text(0));
    std::string all;
    for (const auto& column : columns)
      all += fmt::format("{}quote({})", all.empty() ? "" : " || ', ' || ", column);
    auto select = connection.prepare(fmt::format("SELECT {} FROM {} ORDER BY 1", all, table));
    while (select.step()) rows.push_back(fmt::format("{} {}", table, select.text(0)));
  }
  return rows;
}

/// What rows stand in one list only, shortened: empty when the lists are equal.
inline std::string difference(const std::vector<std::string>& ours,
                              const std::vector<std::string>& expected) {
  std::string text;
  const auto add = [&](const char* sign, const auto& some, const auto& others) {
    for (const auto& row : some) {
      if (std::find(others.begin(), others.end(), row) == others.end())
        text += fmt::format("{} {}\n", sign, row.substr(0, 200));
    }
  };
  add("+", ours, expected);
  add("-", expected, ours);
  return text.substr(0, 2000);
}

/// A sweep over two axes, of layers that take a millisecond or so, in a folder of its own.
class TinySweep {
 public:
  explicit TinySweep(std::string base = "", const std::string& values = "[2, 4, 8]",
                     std::string path = "pe.psum_rf.words")
      : base_(std::move(base)), path_(std::move(path)) {
    workload_ =
        folder_.write("tiny-net.yaml",
                      "workload: tiny-net\nlayers:\n"
                      "  - {name: a, kind: conv, input: [2, 6, 6], output_channels: 4, filter: [3, 3]}\n"
                      "  - {name: b, kind: conv, input: [4, 4, 4], output_channels: 3, filter: [2, 2]}\n"
                      "  - {name: c, kind: conv, input: [2, 6, 6], output_channels: 4, filter: [3, 3]}\n");
    write(values);
  }

  /// The first axis with these values; the second has two.
  void write(const std::string& values) const {
    folder_.write(
        "tiny.yaml",
        fmt::format(
            "sweep: tiny\nbase:\n  accelerator: eyeriss\n  workload: {}\n  dataflow: {}\n  batch: 2\n{}"
            "axes:\n  {}: {}\n  networks.psum_in.words_per_cycle: [1, 4]\n",
            workload_, kDataflow, base_, path_, values));
  }

  std::string command(const std::vector<std::string>& more) const {
    std::string text = fmt::format("'{}' sweep '{}' --database '{}'", WEIR_PROGRAM, file(), database());
    for (const auto& argument : more) text += fmt::format(" '{}'", argument);
    return text;
  }
  Outcome run(const std::vector<std::string>& more) const { return shell(command(more)); }

  const TemporaryFolder& folder() const { return folder_; }
  std::string file() const { return (folder_.path() / "tiny.yaml").string(); }
  std::string database() const { return (folder_.path() / "tiny.sqlite").string(); }
  const std::string& workload() const { return workload_; }

 private:
  TemporaryFolder folder_;
  std::string base_, path_, workload_;
};

}  // namespace weir::test
