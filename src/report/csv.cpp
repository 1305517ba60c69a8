#include "report/csv.h"

#include <fmt/format.h>

#include "report/metrics.h"
#include "report/writers.h"

namespace weir::report {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string layers_csv(const RunResult& run) {
  std::string text =
      "layer,kind,macs,cycles,active_pes,mac_utilization,energy,dram_words,global_buffer_words,bound_by,"
      "verified\n";
  for (const auto& result : run.layers) {
    const Metrics m = metrics_of(run, result);
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(result.layer.name),
                        layer_kind_name(result.layer.kind), m.macs, m.cycles, result.stats.active_pes,
                        m.mac_utilization, m.energy.total(), m.dram_words, m.global_buffer_words, m.bound_by,
                        verified_word(result.stats.verification));
  }
  return text;
}

std::string accesses_csv(const RunResult& run) {
  std::string text = "layer,level,tensor,action,count,energy\n";
  for (const auto& result : run.layers) {
    for (const Access& a : priced_accesses(result.stats.counts, run.energy)) {
      text += fmt::format("{},{},{},{},{},{}\n", csv_field(result.layer.name), a.level, a.tensor, a.action,
                          a.count, a.energy);
    }
  }
  return text;
}

}  // namespace weir::report
