// The rules are those of a machine that works, and none begins a fold later than it must.
#include "reference/ticked_systolic.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace weir::reference {
namespace {

MachineSpec ideal(std::int64_t rows, std::int64_t columns, char stationary) {
  MachineSpec machine = {.rows = rows, .columns = columns, .stationary = stationary};
  machine.ifmap_words_per_cycle = machine.weight_words_per_cycle = 0;
  machine.psum_in_words_per_cycle = machine.psum_out_words_per_cycle = 0;
  machine.reads_initial_psums = false;
  return machine;
}

Product ones(std::int64_t positions, std::int64_t taps, std::int64_t filters) {
  return {positions, taps, filters, std::vector<std::int16_t>(static_cast<std::size_t>(positions * taps), 1),
          std::vector<std::int16_t>(static_cast<std::size_t>(taps * filters), 1)};
}

TEST(TickedSystolic, AProductCountedByHand) {
  const Product product{2, 2, 1, {1, 2, 3, 4}, {10, 100}};
  for (const char stationary : {'w', 'i', 'o'}) {
    const MachineSpec spec = ideal(2, 2, stationary);
    const auto result = run_systolic(spec, product, {{0, 0, 0, 2, 2, 1}});
    EXPECT_EQ(result.outputs, (std::vector<std::int32_t>{210, 430}));
    EXPECT_EQ(result.macs, 4);
    EXPECT_EQ(result.cycles, (stationary == 'i' ? 1 : 2) + 4 + 2 - 2) << stationary;
  }
}

// Two full folds, of a stream longer and shorter than the array is high: begun a step earlier, words collide.
TEST(TickedSystolic, NoFoldBeginsLaterThanItMust) {
  for (const char stationary : {'w', 'i', 'o'}) {
    for (const std::int64_t stream : {2, 9}) {
      MachineSpec spec = ideal(4, 3, stationary);
      spec.double_buffered = true;
      const std::int64_t p = stationary == 'w' ? stream : stationary == 'i' ? 3 : 4;
      const std::int64_t c = stationary == 'o' ? stream : 4;
      const std::int64_t m = stationary == 'i' ? stream : 3;
      const Product product = ones(p, 2 * c, m);
      const std::vector<ProductFold> folds = {{0, 0, 0, p, c, m}, {0, c, 0, p, c, m}};
      const auto result = run_systolic(spec, product, folds);
      for (const auto output : result.outputs) EXPECT_EQ(output, 2 * c);
      EXPECT_THROW(run_systolic(spec, product, folds, 1), std::logic_error) << stationary;
    }
  }
}

}  // namespace
}  // namespace weir::reference
