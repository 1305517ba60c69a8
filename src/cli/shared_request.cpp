#include "cli/shared_request.h"

#include <limits>

#include "cli/objective.h"

namespace weir::cli {

Request shared_request_of(const po::variables_map& values) {
  constexpr std::uint64_t kMostImages = 65536;
  const auto text = [&](const std::string& option) { return values[option].as<std::string>(); };
  Request request;
  request.workload = text("workload");
  request.objective = objective_of(values);
  request.may_show_progress = !values["quiet"].as<bool>();
  request.energy = given(values, "energy");
  if (const auto layers = given(values, "layer")) request.layers = split_list("layer", *layers);
  if (values.contains("set")) request.overrides = values["set"].as<std::vector<std::string>>();
  request.batch = static_cast<std::int64_t>(whole_number("batch", text("batch"), 1, kMostImages));
  request.overlap = choice<Overlap>("overlap", text("overlap"),
                                    {{"processing", Overlap::processing}, {"total", Overlap::total}});
  request.data = choice<DataMode>(
      "data", text("data"), {{"on", DataMode::on}, {"off", DataMode::off}, {"auto", DataMode::automatic}});
  request.fidelity = fidelity_of(text("fidelity"), request.data);
  request.threads = jobs_of(values);
  request.seed = whole_number("seed", text("seed"), 0, std::numeric_limits<std::uint64_t>::max());
  return request;
}

}  // namespace weir::cli
