// Layers in steps: the rules of src/mapping and the ticked reference, which looks at every MAC of every tile,
// refuse the same splits.
#include <gtest/gtest.h>

#include "mapping/check.h"
#include "reference/nest.h"
#include "reference/product.h"
#include "support/errors.h"
#include "support/reference_result.h"

namespace weir {
namespace {

/// A layer of `steps` steps with `share` images each, on a machine that every split of them fits.
struct OfSteps {
  Layer layer;
  Accelerator accelerator;

  OfSteps(std::int64_t steps, std::int64_t share, DeliveryKind delivery) {
    layer.name = "steps";
    layer.bounds.values.fill(1);
    layer.bounds[Dimension::N] = steps * share;
    layer.steps = steps;
    layer.input = {1, 1};
    accelerator.rows = accelerator.columns = 20;
    accelerator.networks.delivery = delivery;
    accelerator.pe = {20, 20, 20, 0, false};
    accelerator.networks.psum_ports.words = 20;
    accelerator.global_buffer = {8, 64, 64};
  }

  std::string error_of_check(const Mapping& mapping) const {
    return test::error_of([&] { check_mapping(mapping, layer, accelerator); });
  }
  bool reference_takes(const Mapping& mapping) const {
    const auto shape = test::reference_shape(layer);
    try {
      reference::enumerate_steps(accelerator.systolic() ? reference::product_shape(shape) : shape,
                                 test::reference_nest(mapping),
                                 test::reference_machine(accelerator, Overlap::processing));
    } catch (const std::invalid_argument&) {
      return false;
    }
    return true;
  }
};

TEST(StepsSplit, IsRefusedByTheReferenceAsByTheRules) {
  int taken = 0, refused = 0;
  for (const DeliveryKind delivery : {DeliveryKind::multicast, DeliveryKind::systolic}) {
    const Dimension d = delivery == DeliveryKind::systolic ? Dimension::P : Dimension::N;
    for (const std::int64_t steps : {2, 3, 5}) {
      for (const std::int64_t share : {1, 2, 5, 6}) {
        const OfSteps of(steps, share, delivery);
        for (std::int64_t outside = 1; outside <= share + 1; ++outside) {
          for (std::int64_t inside = 1; inside <= share + 1; ++inside) {
            for (std::int64_t array = 1; array <= share + 1; ++array) {
              Mapping mapping;
              mapping.mark = {"m.yaml", 1, 1};
              mapping.weights_in_global_buffer = true;
              mapping.at(Level::dram) = {{d, steps}, {d, outside}};
              mapping.at(Level::global_buffer) = {{d, inside}};
              mapping.at(inside % 2 == 0 ? Level::pe_rows : Level::pe) = {{d, array}};
              const std::string error = of.error_of_check(mapping);
              ASSERT_EQ(error == "no error", of.reference_takes(mapping))
                  << share << " images in " << outside << " x " << inside << " x " << array << ": " << error;
              ASSERT_EQ(error == "no error", outside * inside * array == share) << error;
              taken += error == "no error" ? 1 : 0;
              refused += error.find("no tile has words of two steps") != std::string::npos ? 1 : 0;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(taken, 60);
  EXPECT_GT(refused, 60);
}

}  // namespace
}  // namespace weir
