// The error of the closed form's cycles on each layer of the shipped networks, as tests/golden lists it.
// scripts/golden writes these files anew: a change of a rule of time changes them, and nothing else should.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "estimate/estimator.h"
#include "mapper/mapper.h"
#include "mapping/check.h"
#include "mapping/mapping.h"
#include "support/program.h"
#include "support/shipped.h"
#include "timing/schedule.h"
#include "workload/workload.h"

namespace weir {
namespace {

using test::shipped;

/// A network on a machine, by published mappings or else by those of least energy, which are kept.
struct GoldenCase {
  std::string machine, dataflow, network;
  std::int64_t batch = 1;
  std::string published = {};            ///< a file
  std::vector<std::string> layers = {};  ///< all, if empty
};

void PrintTo(const GoldenCase& c, std::ostream* out) { *out << c.machine << " " << c.network; }

class GoldenCycles : public testing::TestWithParam<GoldenCase> {
 protected:
  /// The layers that differ in more than their names, and have MACs.
  std::vector<Layer> layers() const {
    std::vector<Layer> distinct;
    for (const Layer& layer : read_workload(shipped("workloads/" + c_.network + ".yaml"), c_.batch).layers) {
      const auto is_it = [&](Layer other) {
        other.name = layer.name;
        return other == layer;
      };
      const bool is_wanted =
          c_.layers.empty() || std::count(c_.layers.begin(), c_.layers.end(), layer.name) > 0;
      if (is_wanted && !layer.is_memory_bound() && std::none_of(distinct.begin(), distinct.end(), is_it))
        distinct.push_back(layer);
    }
    return distinct;
  }
  std::string file(const std::string& extension) const {
    return fmt::format("tests/golden/{}/{}.{}", c_.machine, c_.network, extension);
  }
  static void write(const std::string& file, const std::string& text) {
    const auto path = std::filesystem::path(WEIR_SOURCE_DIR) / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  /// The mappings of least energy of all layers that the dataflow can map.
  std::string search() const {
    const auto prices =
        energy::read_energy_table(shipped("configs/energy/" + machine_.energy + ".yaml"), machine_);
    const Dataflow dataflow = read_dataflow(shipped("dataflows/" + c_.dataflow + "/dataflow.yaml"));
    std::vector<std::pair<std::string, Mapping>> found;
    for (const Layer& layer : layers()) {
      try {
        found.emplace_back(layer.name,
                           find_mappings(layer, machine_, prices, dataflow, {}).best.front().mapping);
      } catch (const NoMapping&) {
        continue;
      }
    }
    return mapping_text(found);
  }

  const GoldenCase c_ = GetParam();
  const Accelerator machine_ = read_accelerator(shipped("configs/" + c_.machine + ".yaml"));
};

TEST_P(GoldenCycles, OfEachLayer) {
  const char* const wanted = std::getenv("WEIR_GOLDEN");  // `write`, or `search` for other mappings, too
  const std::string mode = wanted == nullptr ? "" : wanted;
  if (mode == "search" && c_.published.empty()) write(file("yaml"), search());
  const MappingFile mappings = read_mappings(shipped(c_.published.empty() ? file("yaml") : c_.published));
  std::string list = "layer,exact_cycles,closed_form_cycles,error\n";
  std::size_t listed = 0;
  for (const Layer& layer : layers()) {
    const auto mapping = mappings.mappings.find(layer.name);
    if (mapping == mappings.mappings.end()) continue;
    check_mapping(mapping->second, layer, machine_);
    const auto exact = timing::schedule(layer, mapping->second, machine_, Overlap::processing).cycles;
    const auto estimated = estimate::Estimator(layer, machine_).evaluate(mapping->second).cycles;
    list += fmt::format("{},{},{},{}\n", layer.name, exact, estimated, estimated - exact);
    ++listed;
  }
  EXPECT_EQ(listed, mappings.mappings.size()) << "mappings of no layer";
  EXPECT_GT(listed, 0U);
  if (!mode.empty()) return write(file("csv"), list);
  EXPECT_EQ(list, test::read_file(std::filesystem::path(WEIR_SOURCE_DIR) / file("csv")));
}

std::vector<GoldenCase> cases() {
  std::vector<GoldenCase> cases = {{"isca2016-rs-256", "row-stationary-isca2016", "alexnet"},
                                   {"eyeriss", "row-stationary", "alexnet", 4, test::kMappings}};
  // PEs without register files are sent a word for each MAC, which takes long to follow.
  for (const auto& [machine, dataflow] :
       std::vector<std::pair<std::string, std::string>>{{"isca2016-ws-256", "weight-stationary-isca2016"},
                                                        {"isca2016-osa-256", "output-stationary-a"},
                                                        {"isca2016-osb-256", "output-stationary-b"},
                                                        {"isca2016-osc-256", "output-stationary-c"},
                                                        {"isca2016-nlr-256", "no-local-reuse"}})
    cases.push_back({machine, dataflow, "alexnet", 1, "", {"conv5", "fc8"}});
  for (const char* network :
       {"vgg16", "googlenet", "resnet18", "resnet50", "mobilenet-v1", "mobilenet-v2", "mobilenet-v3-large",
        "efficientnet-b0", "fastdepth", "vit-b16", "bert-base", "gpt2-small-prefill", "gpt2-small-decode"})
    cases.push_back({"eyeriss", "row-stationary", network});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Shipped, GoldenCycles, testing::ValuesIn(cases()));

}  // namespace
}  // namespace weir
