#include "cli/options.h"

#include <gtest/gtest.h>

namespace weir::cli {
namespace {

std::string error_of_number(const std::string& text) {
  try {
    return "no error, but " + std::to_string(whole_number("batch", text, 0, 65536));
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(WholeNumber, ReadsDecimals) {
  EXPECT_EQ(whole_number("batch", "0", 0, 9), 0U);
  EXPECT_EQ(whole_number("batch", "9", 0, 9), 9U);
  EXPECT_EQ(whole_number("seed", "18446744073709551615", 0, ~std::uint64_t{0}), ~std::uint64_t{0});
}

/// 010 is 8 to some readers and 10 to others.
TEST(WholeNumber, RefusesWhatIsNoPlainDecimal) {
  for (const std::string text : {"010", "00", "0x10", "0b1", "+1", "-1", "-0", " 1", "1 ", "1e3", "1.0",
                                 "1_0", "", "\xD9\xA3", "65537", "99999999999999999999"}) {
    EXPECT_EQ(error_of_number(text), "--batch is \"" + text + "\"; allowed is a whole number, 0 to 65536");
  }
}

}  // namespace
}  // namespace weir::cli
