// Why a space is empty.
#include <fmt/format.h>

#include <algorithm>

#include "mapper/space.h"
#include "mapper/steps.h"
#include "mapping/systolic.h"

namespace weir {

void Space::Miss::note(Stage at, const Need& overflow) {
  const auto over = [](const Need& n) { return n.needed - n.there; };
  if (at > stage || (at == stage && over(overflow) < over(need))) *this = {at, overflow};
}

std::string Space::why_empty() const {
  for (const Dimension d : kAllDimensions) {
    if (bounds_.in_array(d).empty()) {
      return fmt::format("the loops that {} allows over {} cannot cover {} on {} rows and {} columns{}",
                         dataflow_.name, dimension_letter(d), layer_.bounds[d], accelerator_.rows,
                         accelerator_.columns,
                         is_in_steps(d, layer_, accelerator_) ? of_steps(layer_, accelerator_) : "");
    }
  }
  if (!arrays_.empty()) return why_not_buffered();
  if (loses_sums_)
    return fmt::format(
        "the loops that {} allows over C, R and S leave psums that neither neighbours nor the "
        "global buffer of {} add up",
        dataflow_.name, accelerator_.name);
  if (miss_.stage == Miss::nothing) return "the dataflow keeps weights nowhere that the pins allow";
  return fmt::format("{}: {} needed for the smallest tile, {} there: {} too many", miss_.need.what,
                     miss_.need.needed, miss_.need.there, miss_.need.needed - miss_.need.there);
}

std::string Space::why_not_buffered() const {
  std::optional<BufferNeed> least;
  for (const Arrays& arrays : arrays_) {
    const Candidate& array = arrays.all;
    Extents tile;
    for (const Dimension d : kAllDimensions) {
      Split split = array.splits[d];
      split.buffer = bounds_.outside(d, split.steps).front().buffer;
      tile[d] = split.buffer_tile();
    }
    const BufferNeed need = buffer_need(tile, array.weights_in_global_buffer, layer_, accelerator_);
    if (!least || need.banks_needed < least->banks_needed) least = need;
  }
  const bool is_short =
      std::any_of(arrays_.begin(), arrays_.end(), [](const Arrays& arrays) { return steps_fit(arrays.all); });
  if (least->fits() && !(is_short && accelerator_.global_buffer.psum_bypasses))
    return fmt::format("more than {} steps of the array, the most allowed", kMostSteps);
  if (least->fits())
    return fmt::format(
        "the loops that {} allows over C, R and S leave psums, which go past the global buffer of {}, "
        "before they are finished",
        dataflow_.name, accelerator_.name);
  const std::int64_t bank_words = accelerator_.global_buffer.bank_words;
  std::string each;
  for (const Tensor tensor : kAllTensors) {
    const auto t = static_cast<std::size_t>(tensor);
    if (least->banks[t] == 0) continue;
    each += fmt::format("{}{} {} words", each.empty() ? "" : ", ", tensor_name(tensor), least->words[t]);
  }
  return fmt::format(
      "global_buffer: {} words needed for the smallest tiles ({}) in {} banks, {} there in {}: {} banks too "
      "many",
      least->banks_needed * bank_words, each, least->banks_needed, least->banks_there * bank_words,
      least->banks_there, least->banks_needed - least->banks_there);
}

}  // namespace weir
