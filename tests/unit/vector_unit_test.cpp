#include "vector_unit/vector_unit.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

using stats::Action;
using stats::Component;

Layer pool() {
  Layer layer;
  layer.bounds.values.fill(1);
  layer.kind = LayerKind::pool;
  layer.vector_work = {600, 150, 1350};
  return layer;
}

Accelerator machine(std::int64_t operations_per_cycle) {
  Accelerator accelerator;
  accelerator.rows = 2;
  accelerator.columns = 3;
  accelerator.dram.words_per_kilocycle = 4000;
  accelerator.dram.latency_cycles = 10;
  accelerator.vector_operations_per_cycle = operations_per_cycle;
  return accelerator;
}

// 600 words in and 150 out at 4 a cycle: 150 + 38 cycles; 1'350 operations at 9 a cycle: 150, at 5: 270.
TEST(VectorUnit, TakesTheLongerOfTheLinkAndTheUnit) {
  EXPECT_EQ(run_memory_bound(pool(), machine(9), Overlap::processing).cycles, 188);
  EXPECT_EQ(run_memory_bound(pool(), machine(5), Overlap::processing).cycles, 270);
  EXPECT_EQ(run_memory_bound(pool(), machine(9), Overlap::total).cycles, 188 + 150 + 2 * 10);
}

TEST(VectorUnit, EachWordPassesDramAndBufferOnce) {
  const auto result = run_memory_bound(pool(), machine(9), Overlap::processing);
  stats::Counts expected;
  expected.add(Component::dram, Tensor::ifmap, Action::read, 600);
  expected.add(Component::global_buffer, Tensor::ifmap, Action::write, 600);
  expected.add(Component::global_buffer, Tensor::ifmap, Action::read, 600);
  expected.add(Component::global_buffer, Tensor::psum, Action::write, 150);
  expected.add(Component::global_buffer, Tensor::psum, Action::read, 150);
  expected.add(Component::dram, Tensor::psum, Action::write, 150);
  EXPECT_EQ(result.counts, expected);
  EXPECT_EQ(result.macs, 0);
  EXPECT_EQ(result.pe_cycles.total(), 188 * 6);
  EXPECT_EQ(result.links.back(), (stats::LinkCycles{188, 0, 0}));
  EXPECT_EQ(result.verification, stats::Verification::none);
  Layer with_values = pool();
  with_values.vector_work.values.function = VectorFunction::max;
  EXPECT_EQ(run_memory_bound(with_values, machine(9), Overlap::processing).verification,
            stats::Verification::off);
}

}  // namespace
}  // namespace weir
