// The tables of keys and the readers that are written by hand: each row is in a file that is read.
#include "cli/file_keys.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "accelerator/keys.h"
#include "cli/validation.h"
#include "energy/energy_table.h"
#include "mapping/dataflow.h"
#include "support/shipped.h"
#include "sweep/keys.h"
#include "sweep/spec.h"

namespace weir {
namespace {

using cli::FileKeys;
using config::Key;
using config::KeyTable;
using config::Node;

/// The maps that a place such as `runs[].published[]` or `mappings.<layer>` means.
std::vector<Node> maps_at(const std::vector<Node>& from, const std::string& place) {
  if (place.empty()) return from;
  const auto dot = place.find('.');
  std::string part = place.substr(0, dot);
  const bool is_list = part.ends_with("[]");
  if (is_list) part.resize(part.size() - 2);
  std::vector<Node> below;
  for (const Node& map : from) {
    if (part.starts_with('<')) {
      for (const auto& [key, value] : map.map().entries()) below.push_back(value);
    } else if (const auto value = map.find(part)) {
      const auto items = is_list ? value->list() : std::vector{*value};
      below.insert(below.end(), items.begin(), items.end());
    }
  }
  return maps_at(below, dot == std::string::npos ? "" : place.substr(dot + 1));
}

const FileKeys& keys_of(const std::string& kind) {
  static const auto kAll = cli::all_file_keys();
  return *std::find_if(kAll.begin(), kAll.end(), [&](const FileKeys& file) { return file.kind == kind; });
}

/// The rows of the tables that no map of the files has.
std::vector<std::string> rows_without(const std::string& kind, const std::vector<Node>& files) {
  std::vector<std::string> without;
  for (const KeyTable& table : keys_of(kind).tables) {
    if (table.place == "-") continue;
    const auto maps = maps_at(files, table.place);
    for (const Key& key : table.keys) {
      const bool there = std::any_of(maps.begin(), maps.end(), [&](const Node& map) {
        return map.find(key.path) && key.applies(map, table.keys);
      });
      if (!there) without.push_back(table.place + " " + key.path);
    }
  }
  return without;
}

const std::vector<std::string> kNone;

TEST(FileKeys, EachKeyOfAWorkloadIsRead) {
  const Node file = Node::parse(R"(workload: w
missing: {nodes: 3, of_mac_nodes: 2, mac_nodes: 1, known_macs: 4, causes: [why]}
layers:
- {name: a, kind: conv, steps: 2, batch: 3, input: [4, 9, 8], output_channels: 6, filter: [3, 2], stride: 2, dilation: [1, 2], padding: 1, groups: 2, ifmap_zeros: 0.5}
- {name: b, kind: conv_transpose, input: [4, 9, 8], output_channels: 6, filter: [3, 3], stride: 2, output_padding: [1, 1]}
- {name: c, kind: fc, input: [4, 1, 1], output_channels: 6, rows: 5}
- {name: d, kind: matmul, rows: 5, inner: 3, columns: 2}
- {name: e, kind: lstm, steps: 5, input: 3, hidden: 2, directions: 2}
- {name: f, kind: pool, inputs: [[4, 8, 8]], output: [4, 4, 4], operations_per_output: 4, operation: average, filter: [2, 2], stride: 2, dilation: 1, padding: 0, counts_padding: true, then: relu}
- {name: g, kind: elementwise, inputs: [[4], [4]], output: [4], operation: add}
- {name: h, kind: activation, inputs: [[4]], output: [4], operation: relu}
- {name: i, kind: concat, inputs: [[4], [4]], output: [8], axis: 0, then: relu}
- {name: j, kind: copy, inputs: [[4, 3]], output: [3, 4], operation: transpose, order: [1, 0]}
- {name: k, kind: copy, inputs: [[9]], output: [4], operation: slice, begin: [1], step: [2]}
)",
                                "w.yaml");
  EXPECT_NO_THROW(read_workload(file, 1));
  EXPECT_EQ(rows_without("workload", {file}), kNone);
}

TEST(FileKeys, EachKeyOfAMappingIsRead) {
  const Node file = Node::parse(R"(keep: {weight: [pe]}
mappings:
  a:
    dram: [N=2]
    global_buffer: [M=2]
    pe_rows: [R=2]
    pe_columns: [P=2]
    pe: [C=2]
    keep: {ifmap: [global_buffer, pe], psum: [global_buffer, pe], weight: [global_buffer, pe]}
)",
                                "m.yaml");
  EXPECT_NO_THROW(read_mappings(file));
  EXPECT_NO_THROW(read_pins(file));
  const Node other =
      Node::parse("keep: {ifmap: [global_buffer, pe], psum: [global_buffer, pe]}\nmappings: {}\n", "n.yaml");
  EXPECT_NO_THROW(read_mappings(other));
  EXPECT_EQ(rows_without("mapping", {file, other}), kNone);
}

TEST(FileKeys, EachKeyOfADataflowIsRead) {
  const std::string levels =
      "dram: [N], global_buffer: [M], pe_rows: [R], pe_columns: [P], pe: [C], keep: {weight: any}";
  const Node one = Node::parse("{dataflow: d, prefer: [cycles], " + levels + "}", "d.yaml");
  const Node several = Node::parse("{dataflow: d, rules: [{" + levels + "}]}", "d.yaml");
  EXPECT_NO_THROW(read_dataflow(one));
  EXPECT_NO_THROW(read_dataflow(several));
  EXPECT_EQ(rows_without("dataflow", {one, several}), kNone);
}

TEST(FileKeys, EachKeyOfASweepIsRead) {
  const Node file = Node::parse(R"(sweep: s
base: {accelerator: a, workload: w, dataflow: d, batch: 1, objective: edp, overlap: total, fidelity: simulate, data: on, layers: [c], set: {word_bits: 8}}
axes: {clock_mhz: {from: 1, to: 2, step: 1}, pe.x: {from: 1, to: 4, times: 2}}
together: [{word_bits: [8, 16]}]
define: {n: pes}
largest: {global_buffer.banks: {from: 1, to: 9, while: n < 3}}
where: n > 1
sample: {points: 2, seed: 3}
)",
                                "s.yaml");
  EXPECT_NO_THROW(sweep::read_sweep(file));
  EXPECT_EQ(rows_without("sweep", {file}), kNone);
  std::vector<std::string> words = sweep::kChoices;
  words.insert(words.end(), {"layers", "set"});
  std::vector<std::string> of_base;
  for (const Key& key : sweep::base_table().keys()) of_base.push_back(key.path);
  EXPECT_EQ(of_base, words);
}

TEST(FileKeys, EachKeyOfAValidationIsRead) {
  const Node file = Node::parse(R"(validation: v
accelerator: a
runs:
- {accelerator: b, workload: w, dataflow: d, objective: edp, batch: 1, layers: [c], overlap: total, data: off, fidelity: simulate,
   published: [{quantity: energy, source: s, values: {total: 1}, tolerance_percent: 2}]}
- {workload: w, mapping: m, batch: 1, layers: [c], overlap: total, data: off, published: [{quantity: energy, source: s, values: {total: 1}}]}
order: {quantity: energy, source: s, times_first: [1, 2]}
)",
                                "v.yaml");
  EXPECT_NO_THROW(cli::read_validation(file));
  const Node other = Node::parse(R"(validation: v
accelerator: a
runs:
- {workload: w, mapping: m, batch: 1, layers: [c], overlap: total, data: off, against: {mapping: n, quantity: energy, source: s, at_most_percent_more: 1}}
)",
                                 "v.yaml");
  EXPECT_NO_THROW(cli::read_validation(other));
  EXPECT_EQ(rows_without("validation", {file, other}), kNone);
}

std::vector<Node> files_in(const std::string& folder) {
  std::vector<Node> files;
  for (const auto& entry : std::filesystem::directory_iterator(test::kRoot + "/" + folder)) {
    if (entry.is_regular_file()) files.push_back(Node::load(entry.path()));
  }
  return files;
}

/// An accelerator's reader is its table: what there may be to find are keys of files that it has not.
TEST(FileKeys, EachKeyOfAShippedMachineIsInTheTable) {
  std::set<std::string> paths;
  for (const Key& key : accelerator_table().keys()) paths.insert(key.path);
  for (const Node& file : files_in("configs")) {
    EXPECT_NO_THROW(read_accelerator(file));
    for (const auto& path : file.paths()) EXPECT_TRUE(paths.contains(path)) << path;
  }
}

TEST(FileKeys, EachKeyOfAnEnergyTableIsRead) {
  const auto files = files_in("configs/energy");
  for (const Node& file : files)
    EXPECT_NO_THROW(energy::read_energy_table(file, read_accelerator(files_in("configs")[0])));
  EXPECT_EQ(rows_without("energy", files), kNone);
}

TEST(FileKeys, EachSaysWhatItIs) {
  for (const FileKeys& file : cli::all_file_keys()) {
    for (const KeyTable& table : file.tables) {
      for (const Key& key : table.keys) {
        EXPECT_NE(key.help, "") << file.kind << " " << key.path;
        EXPECT_FALSE(key.help.ends_with('.')) << key.help;
        EXPECT_NE(key.allowed.text(""), "") << file.kind << " " << key.path;
        EXPECT_TRUE(key.fallback.empty() || !key.required) << file.kind << " " << key.path;
        for (const auto& when : key.when) EXPECT_NE(when.text, "") << key.path;
      }
    }
  }
}

}  // namespace
}  // namespace weir
