// The published closed forms of a systolic array with ideal memory (docs/timing-model.md section 12;
// SCALE-Sim, ISPASS 2020): cycles, mapping efficiency and buffer accesses on the array's side, equal on every
// layer.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "estimate/estimator.h"
#include "mapper/mapper.h"
#include "mapping/check.h"
#include "support/shipped.h"
#include "systemc/simulator.h"
#include "workload/workload.h"

namespace weir {
namespace {

using test::shipped;

using stats::Action;
using stats::Component;

struct Shape {
  std::int64_t rows, columns;
};
constexpr std::array<Shape, 4> kShapes = {{{16, 16}, {128, 128}, {32, 8}, {12, 14}}};

/// Ten matrix products of awkward sizes, in a workload of their own: 1, primes, and one more than an array.
Workload awkward_products() {
  std::string text = "workload: awkward\nlayers:\n";
  constexpr std::array<std::array<int, 3>, 10> kSizes = {{{1, 1, 1},
                                                          {1, 7, 1},
                                                          {13, 1, 1},
                                                          {1, 1, 131},
                                                          {17, 17, 17},
                                                          {33, 9, 15},
                                                          {129, 129, 129},
                                                          {127, 131, 113},
                                                          {2, 257, 3},
                                                          {16, 128, 8}}};
  for (std::size_t i = 0; i < kSizes.size(); ++i)
    text += fmt::format("  - {{name: m{}, kind: matmul, batch: 1, rows: {}, inner: {}, columns: {}}}\n", i,
                        kSizes[i][0], kSizes[i][1], kSizes[i][2]);
  return read_workload(config::Node::parse(text, "awkward"), 1);
}

/// systolic.md's quantities, by its formulas: M x K by K x N on R x C PEs.
struct ClosedForm {
  std::int64_t cycles, first_read, second_read, outputs_written, outputs_read_back;
  double mapping_efficiency;
};

std::int64_t over(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

ClosedForm closed_form(char stationary, std::int64_t M, std::int64_t K, std::int64_t N, const Shape& array) {
  const auto [R, C] = array;
  const std::int64_t Sr = stationary == 'o' ? M : K;
  const std::int64_t Sc = stationary == 'i' ? M : N;
  const std::int64_t T = stationary == 'w' ? M : stationary == 'i' ? N : K;
  const std::int64_t folds = over(Sr, R) * over(Sc, C);
  ClosedForm form{};
  form.cycles = folds * (T + 2 * R + C - 2);
  form.mapping_efficiency = static_cast<double>(Sr * Sc) / static_cast<double>(folds * R * C);
  switch (stationary) {
    case 'w':
      form.first_read = M * K * over(N, C);
      form.second_read = K * N;
      break;
    case 'i':
      form.first_read = M * K;
      form.second_read = K * N * over(M, C);
      break;
    default:
      form.first_read = M * K * over(N, C);
      form.second_read = K * N * over(M, R);
  }
  form.outputs_written = stationary == 'o' ? M * N : M * N * over(K, R);
  form.outputs_read_back = form.outputs_written - M * N;
  return form;
}

/// The array that a shipped configuration has, with another shape and a buffer that holds any layer.
Accelerator ideal(const Shape& shape) {
  return read_accelerator(config::Node::load(
      WEIR_SOURCE_DIR "/configs/systolic-16x16.yaml",
      {fmt::format("pe_array.rows={}", shape.rows), fmt::format("pe_array.columns={}", shape.columns),
       "global_buffer.banks=65536", "global_buffer.bank_words=65536"}));
}

/// The three rules that a systolic array can run.
const std::map<char, std::string> kRules = {
    {'w', "pe_rows: [C]\npe_columns: [M]\npe: [P]\n"},
    {'i', "pe_rows: [C]\npe_columns: [P]\npe: [M]\n"},
    {'o', "pe_rows: [P]\npe_columns: [M]\npe: [C]\n"},
};

void expect_closed_form(char stationary, const Layer& layer, const Shape& shape, const Mapping& mapping,
                        const stats::LayerStats& stats) {
  using enum Dimension;
  const Extents& b = layer.bounds;
  const ClosedForm form = closed_form(stationary, b[N] * b[P] * b[Q], b[C] * b[R] * b[S], b[M], shape);
  const auto count = [&](Component c, Tensor d, Action a) { return stats.counts.get(c, d, a); };
  EXPECT_EQ(stats.cycles, b[G] * form.cycles);
  EXPECT_EQ(count(Component::global_buffer, Tensor::ifmap, Action::read), b[G] * form.first_read);
  EXPECT_EQ(count(Component::global_buffer, Tensor::weight, Action::read), b[G] * form.second_read);
  EXPECT_EQ(count(Component::global_buffer, Tensor::psum, Action::write) -
                count(Component::dram, Tensor::psum, Action::read),
            b[G] * form.outputs_written);
  EXPECT_EQ(count(Component::global_buffer, Tensor::psum, Action::read) -
                count(Component::dram, Tensor::psum, Action::write),
            b[G] * form.outputs_read_back);
  // PEs with work, averaged over folds: MACs over the stream's length and all places of all folds.
  std::int64_t folds = 1;
  for (const Level level : {Level::dram, Level::global_buffer}) {
    for (const Loop& loop : mapping.at(level)) folds *= loop.bound;
  }
  const std::int64_t stream = stationary == 'w'   ? b[N] * b[P] * b[Q]
                              : stationary == 'i' ? b[M]
                                                  : b[C] * b[R] * b[S];
  EXPECT_DOUBLE_EQ(
      static_cast<double>(stats.macs) / static_cast<double>(folds * stream * shape.rows * shape.columns),
      form.mapping_efficiency);
}

class SystolicClosedForms : public testing::TestWithParam<std::string> {};

TEST_P(SystolicClosedForms, HoldOnEveryLayerAndShape) {
  const Workload workload = GetParam() == "awkward"
                                ? awkward_products()
                                : read_workload(shipped("workloads/" + GetParam() + ".yaml"), 1);
  const auto prices =
      energy::read_energy_table(shipped("configs/energy/systolic-normalized.yaml"), ideal(kShapes[0]));
  std::vector<std::unique_ptr<systemc::Simulator>> simulators;
  for (const Shape& shape : kShapes) simulators.push_back(std::make_unique<systemc::Simulator>(ideal(shape)));
  for (std::size_t i = 0; i < kShapes.size(); ++i) {
    const Accelerator accelerator = ideal(kShapes[i]);
    for (const auto& [stationary, levels] : kRules) {
      const Dataflow rule = read_dataflow(config::Node::parse(
          "dataflow: some\n" + levels +
              "global_buffer: [G, P, M, C]\ndram: [G, [P, M, C]]\nkeep: {weight: [global_buffer, pe]}\n",
          "rule"));
      for (const Layer& layer : workload.layers) {
        SCOPED_TRACE(
            fmt::format("{} on {} x {}, {}", layer.name, kShapes[i].rows, kShapes[i].columns, stationary));
        const Mapping mapping = find_mappings(layer, accelerator, prices, rule, {}).best.front().mapping;
        check_mapping(mapping, layer, accelerator);
        const bool data = GetParam() == "awkward";
        const auto stats = simulators[i]->run({layer, mapping, Overlap::processing, data, 1, {}});
        expect_closed_form(stationary, layer, kShapes[i], mapping, stats);
        if (data) {
          EXPECT_EQ(stats.verification, stats::Verification::passed);
        }
        const auto estimated = estimate::Estimator(layer, accelerator).evaluate(mapping);
        EXPECT_EQ(estimated.cycles, stats.cycles);
        EXPECT_EQ(estimated.counts, stats.counts);
        if (HasFailure()) return;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Workloads, SystolicClosedForms, testing::Values("alexnet", "resnet50", "awkward"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir
