#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/run_result.h"

namespace weir::report {

inline constexpr std::size_t kTableWidth = 100;

/// Starts a new line wherever the next part would pass the table's width.
std::string wrap(const std::vector<std::string>& parts, std::string_view separator);
/// A text in such lines.
std::string wrap_words(const std::string& text);

/// How the run was done and what the outputs' comparison with the reference came to, over all layers.
std::string verdict(const RunResult& run);

/// The names of the layers that the run leaves out, by why they cannot be mapped: each reason once.
std::vector<std::pair<std::string, std::vector<std::string>>> unmapped_by_reason(
    const std::vector<UnmappedLayer>& unmapped);

struct Unit {
  std::string_view name;
  double size;
  bool is_small = false;  ///< used only where the first other unit would leave less than 1
};

std::vector<Unit> count_units();
std::vector<Unit> time_units();  ///< of milliseconds
/// For prices in pJ or in MAC energies.
std::vector<Unit> energy_units(const std::string& price_unit);
/// Of an energy times milliseconds.
std::vector<Unit> energy_delay_units(const std::string& price_unit);

/// A column of numbers in the first unit that leaves its largest number six characters, with up to three
/// decimals. A small unit is for numbers that would else be fractions, such as those of a layer of 4 MACs.
class Scale {
 public:
  Scale(double largest, const std::vector<Unit>& units);
  std::string operator()(double value) const;
  std::string unit() const { return std::string(unit_.name); }

 private:
  Unit unit_;
  int decimals_ = 0;
};

}  // namespace weir::report
