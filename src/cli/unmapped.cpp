#include "cli/unmapped.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "config/printable.h"
#include "report/table_layout.h"

namespace weir::cli {

int check_mapped(const std::string& command, const std::vector<report::UnmappedLayer>& unmapped,
                 bool others_are_left, const std::string& accelerator, const std::string& dataflow) {
  std::fflush(stdout);
  for (const auto& [reason, layers] : report::unmapped_by_reason(unmapped))
    fmt::print(stderr, "{}\n",
               config::one_line(fmt::format("weir {}: error: {} cannot be mapped on {} as {} says{}: {}",
                                            command, fmt::join(layers, ", "), accelerator, dataflow,
                                            !others_are_left     ? ""
                                            : layers.size() == 1 ? ", and is left out"
                                                                 : ", and are left out",
                                            reason)));
  return unmapped.empty() ? 0 : others_are_left ? 1 : 2;
}

int check_complete(const std::string& command, const Missing& missing, const std::string& text) {
  if (missing.mac_nodes == 0) return 0;
  std::fflush(stdout);
  fmt::print(stderr, "weir {}: error: {}\n", command, text);
  return 1;
}

}  // namespace weir::cli
