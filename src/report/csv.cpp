#include "report/csv.h"

#include <fmt/format.h>

#include <charconv>

#include "report/metrics.h"
#include "report/writers.h"

namespace weir::report {

namespace {

bool is_number(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  return std::from_chars(text.data(), end, number).ptr == end;
}

/// Whether a spreadsheet would compute it.
bool is_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r\n ").find(text.front()) != std::string_view::npos &&
         !is_number(text);
}

}  // namespace

std::string csv_field(std::string_view text) {
  std::string plain(is_formula(text) ? "'" : "");
  plain += text;
  if (plain.find_first_of(",\"\r\n") == std::string::npos) return plain;
  std::string quoted = "\"";
  for (const char c : plain) {
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
