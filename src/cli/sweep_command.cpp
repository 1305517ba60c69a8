#include <fmt/format.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction()
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/sweep_progress.h"
#include "cli/unmapped.h"
#include "config/resources.h"
#include "report/files.h"
#include "sweep/export.h"
#include "sweep/process.h"
#include "sweep/run.h"
#include "sweep/slurm.h"

namespace weir::cli {

po::options_description sweep_options() {
  const auto text = [] { return po::value<std::string>(); };
  po::options_description options("options");
  const auto add = [&](const char* name, const po::value_semantic* value, const char* help) {
    options.add_options()(name, value, help);
  };
  add("file", text()->required()->value_name("FILE"),
      "a sweep file, or a name in sweeps/ (also as the first argument)");
  add("database", text()->value_name("FILE"), "where the results are kept; else out/NAME.sqlite");
  add("jobs", text()->value_name("N"), "worker processes; else as many as there are cores");
  add("timeout", text()->default_value("3600")->value_name("SECONDS"), "the most that a layer may take");
  add("retry", po::bool_switch(), "compute again what crashed or took too long before");
  add("dry-run", po::bool_switch(), "print how many points and layers there are and the expected time");
  add("export", text()->value_name("csv|json"), "print the results that there are, and compute nothing");
  add("report", text()->value_name("DIR"),
      "write the results that there are as an HTML page, and compute nothing");
  add("shard", text()->value_name("I/N"), "compute the I-th of N parts, into a database of its own");
  add("merge", po::bool_switch(), "join the shards' databases, and compute nothing");
  add("shards", text()->default_value("8")->value_name("N"), "of --slurm");
  add("slurm", po::bool_switch(),
      "write and submit a Slurm job array, a task a shard; all further arguments are sbatch's");
  add("quiet", po::bool_switch(), "print no summary and no progress");
  return options;
}

namespace {

namespace fs = std::filesystem;
using sweep::DesignPoint;

/// Everything before --slurm, it included, and what is for sbatch behind it.
std::pair<Arguments, Arguments> split_at_slurm(const Arguments& arguments) {
  auto at = std::find(arguments.begin(), arguments.end(), "--slurm");
  if (at != arguments.end()) ++at;
  return {{arguments.begin(), at}, {at, arguments.end()}};
}

sweep::Shard read_shard(const std::string& text) {
  constexpr std::uint64_t kMostShards = 1'000'000;
  const auto slash = text.find('/');
  if (slash == std::string::npos)
    throw UsageError(fmt::format("--shard is {}; allowed is I/N, such as 1/8", config::in_quotes(text)));
  const auto count = whole_number("shard", text.substr(slash + 1), 1, kMostShards);
  return {whole_number("shard", text.substr(0, slash), 1, count), count};
}

/// The unit of what the best point is best by; empty when points differ in it.
std::string best_unit(const std::vector<DesignPoint>& points) {
  std::set<std::string> units;
  for (const DesignPoint& point : points) {
    const std::string& unit = point.energy->value.unit;
    units.insert(point.request.objective == Objective::energy    ? unit
                 : point.request.objective == Objective::latency ? "ms"
                                                                 : unit + " ms");
  }
  return units.size() == 1 ? *units.begin() : "";
}

std::string coordinates_of(const sweep::SweepSpec& spec, const DesignPoint& point) {
  std::string text;
  const auto paths = spec.coordinates();
  for (std::size_t i = 0; i < paths.size(); ++i)
    text += fmt::format("{}{}={}", i ? ", " : "", paths[i], point.coordinates[i]);
  return text.empty() ? "the only point" : text;
}

void print_failures(const sweep::SweepSpec& spec, const std::vector<DesignPoint>& points,
                    const sweep::SweepState& state) {
  constexpr std::size_t kShown = 5;
  auto failures = state.failures;
  std::sort(failures.begin(), failures.end());
  for (std::size_t i = 0; i < std::min(kShown, failures.size()); ++i) {
    const auto& [point, message] = failures[i];
    fmt::print("  point {} ({}): {}\n", point, coordinates_of(spec, points[point]), message);
  }
  if (failures.size() > kShown)
    fmt::print("  and {} more: --export csv lists them all\n", failures.size() - kShown);
}

/// What went on all the same.
void print_notes(const sweep::SweepState& state) {
  if (state.damaged > 0)
    fmt::print("  {} rows of the database were damaged, and were made again\n", state.damaged);
  if (!state.short_of_workers.empty())
    fmt::print("  with fewer worker processes than --jobs: {}\n", state.short_of_workers);
}

/// Workloads that lack something of their model, each once.
std::vector<const sweep::ResolvedWorkload*> incomplete(const std::vector<DesignPoint>& points) {
  std::map<std::string, const sweep::ResolvedWorkload*> by_name;
  for (const DesignPoint& point : points)
    if (!point.workload->missing.empty()) by_name.try_emplace(point.workload->name, point.workload.get());
  std::vector<const sweep::ResolvedWorkload*> result;
  for (const auto& [name, workload] : by_name) result.push_back(workload);
  return result;
}

void print_missing(const std::vector<DesignPoint>& points) {
  for (const auto* workload : incomplete(points))
    fmt::print("  {}: {}\n", workload->value.name, workload->missing);
}

void print_summary(const sweep::SweepSpec& spec, const std::vector<DesignPoint>& points,
                   const sweep::SweepState& state, const fs::path& database, double seconds) {
  fmt::print("sweep {}: {} of {} points done, {} of them failed; {} layers computed in {}, {} reused\n",
             spec.name, state.points_done, state.points, state.points_failed, state.layers_done,
             clock_time(seconds), state.layers - state.layers_todo);
  print_failures(spec, points, state);
  print_missing(points);
  print_notes(state);
  const std::string unit = best_unit(points);
  if (state.best && !unit.empty()) {
    fmt::print("least {}: {:.6g} {} at point {} ({})\n",
               sweep::objective_name(points.front().request.objective), *state.best, unit, state.best_point,
               coordinates_of(spec, points[state.best_point]));
  }
  fmt::print("results: {} (--export csv, --report DIR)\n", database.string());
}

/// The exit code for nodes with MACs that workloads lack, of which the user is told.
int check_workloads(const std::vector<DesignPoint>& points) {
  int code = 0;
  for (const auto* workload : incomplete(points))
    code = std::max(code, check_complete("sweep", workload->value.missing,
                                         fmt::format("{}: {}", workload->value.name, workload->missing)));
  return code;
}

/// What a crash or a time-out, or a stop, comes to.
int exit_code(const sweep::SweepState& state) { return state.stopped || state.lost_workers ? 1 : 0; }

volatile sig_atomic_t stop_asked = 0;

/// Lets SIGINT and SIGTERM end the sweep in order, and a file-size limit be an error like a full disk.
void catch_signals() {
  struct sigaction stop {};
  stop.sa_handler = [](int) { stop_asked = 1; };
  ::sigaction(SIGINT, &stop, nullptr);
  ::sigaction(SIGTERM, &stop, nullptr);
  ::signal(SIGXFSZ, SIG_IGN);
}

sweep::Points prepare(const sweep::SweepSpec& spec, bool quiet) {
  PreparationProgress progress(!quiet && ::isatty(STDERR_FILENO) != 0);
  return make_points(spec, [&](const sweep::Preparation& now) { progress.update(now); });
}

int dry_run(const sweep::SweepSpec& spec, const sweep::Points& points, const sweep::RunOptions& options) {
  const auto forecast = sweep::forecast(points.points, options);
  fmt::print("sweep {}: {} points", spec.name, points.points.size());
  if (points.grid != points.points.size() || points.ruled_out > 0)
    fmt::print(" (of a grid of {}; {} ruled out, {} repeated)", points.grid, points.ruled_out,
               points.repeated);
  fmt::print(", {} layers, {} of them distinct, {} to be computed\n", forecast.layers, forecast.distinct,
             forecast.todo);
  if (forecast.todo > 0) {
    fmt::print("expected time: {} with {} jobs ({:.3g} s a layer, from {} layers)\n",
               clock_time(forecast.seconds / options.jobs + 0.5), options.jobs,
               forecast.seconds / static_cast<double>(forecast.todo), forecast.timed);
  }
  return 0;
}

int merge(const sweep::SweepSpec& spec, const std::vector<DesignPoint>& points, const fs::path& database,
          bool quiet) {
  const auto merged = sweep::merge_shards(spec, points, database);
  if (!quiet) {
    fmt::print("{} shards joined into {}: {} of {} points\n", merged.shards.size(), database.string(),
               merged.state.points_done, merged.state.points);
    print_failures(spec, points, merged.state);
    print_notes(merged.state);
    if (merged.damaged > 0)
      fmt::print("  {} layers of the shards are damaged, and were left out\n", merged.damaged);
  }
  const int complete = check_workloads(points);
  if (merged.layers_missing == 0) return std::max(complete, exit_code(merged.state));
  std::fflush(stdout);
  fmt::print(stderr,
             "weir sweep: error: {} of {} layers have no result yet: run the shards that are missing\n",
             merged.layers_missing, merged.state.layers);
  return 1;
}

int report_page(const sweep::SweepSpec& spec, const std::string& file, const fs::path& database,
                const std::string& folder) {
  return sweep::run_program({config::shipped_file("scripts/sweep_report.py"), database.string(), "--sweep",
                             spec.name, "--file", file, "--out", folder},
                            false)
      .code;
}

int run(const sweep::SweepSpec& spec, const std::vector<DesignPoint>& points,
        const sweep::RunOptions& options, bool quiet) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  catch_signals();
  sweep::SweepState state;
  {
    SweepProgress progress(!quiet && ::isatty(STDERR_FILENO) != 0, best_unit(points));
    state = sweep::run_sweep(spec, points, options, [&](const sweep::SweepState& now) {
      progress.update(now);
      return stop_asked == 0;
    });
  }
  const auto database =
      options.shard ? sweep::shard_path(options.database, *options.shard) : options.database;
  if (!quiet)
    print_summary(spec, points, state, database, std::chrono::duration<double>(Clock::now() - begin).count());
  if (state.stopped) {
    std::fflush(stdout);
    fmt::print(stderr,
               "weir sweep: stopped; what is finished is kept, and the same command goes on from there\n");
  }
  // A shard has no points yet: the merge tells of their workloads.
  return std::max(options.shard ? 0 : check_workloads(points), exit_code(state));
}

}  // namespace

int sweep_command(const Arguments& arguments) {
  constexpr std::uint64_t kMostJobs = 1024, kMostSeconds = 10'000'000, kMostShards = 10'000;
  const auto [own, for_sbatch] = split_at_slurm(arguments);
  const auto values = parse_options("weir sweep FILE [OPTIONS]", sweep_options(), own, "file");
  if (!values) return 0;
  const auto flag = [&](const char* name) { return (*values)[name].as<bool>(); };
  const auto text = [&](const char* name) { return (*values)[name].as<std::string>(); };
  const std::string file = config::find_file("sweep", text("file"), config::kSweeps);
  const sweep::SweepSpec spec = sweep::read_sweep(config::Node::load(file));

  sweep::RunOptions options;
  options.database = given(*values, "database").value_or("out/" + spec.name + ".sqlite");
  options.jobs = std::max(1U, std::thread::hardware_concurrency());
  if (const auto jobs = given(*values, "jobs"))
    options.jobs = static_cast<unsigned>(whole_number("jobs", *jobs, 1, kMostJobs));
  options.timeout_seconds = static_cast<double>(whole_number("timeout", text("timeout"), 1, kMostSeconds));
  options.retry = flag("retry");
  if (const auto shard = given(*values, "shard")) options.shard = read_shard(*shard);

  if (const auto format = given(*values, "export")) {
    const bool csv = choice<bool>("export", *format, {{"csv", true}, {"json", false}});
    auto store = sweep::open_store_to_read(options.database);
    fmt::print("{}", csv ? points_csv(store, spec.name) : points_json(store, spec.name));
    return 0;
  }
  if (const auto folder = given(*values, "report")) return report_page(spec, file, options.database, *folder);

  const sweep::Points points = prepare(spec, flag("quiet"));
  if (points.points.empty()) throw UsageError(spec.name + " has no points: `where` rules out all");
  if (flag("dry-run")) return dry_run(spec, points, options);
  if (const auto folder = options.database.parent_path(); !folder.empty()) report::prepare_folder(folder);
  if (flag("merge")) return merge(spec, points.points, options.database, flag("quiet"));
  if (flag("slurm")) {
    const sweep::SlurmJob job{spec.name,
                              file,
                              options.database,
                              whole_number("shards", text("shards"), 1, kMostShards),
                              {"--timeout", text("timeout")},
                              for_sbatch};
    const auto number = submit(job);
    fmt::print("job {}: {} shards ({}); when they are done: weir sweep {} --database {} --merge\n", number,
               job.shards, script_path(job).string(), file, options.database.string());
    return 0;
  }
  return run(spec, points.points, options, flag("quiet"));
}

}  // namespace weir::cli
