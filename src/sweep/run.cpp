#include "sweep/run.h"

#include <fmt/format.h>

#include <chrono>
#include <unordered_map>

#include "sweep/lock.h"
#include "sweep/pool.h"
#include "sweep/shared_searches.h"

namespace weir::sweep {
namespace {

namespace fs = std::filesystem;

bool is_lost(Failure failure) { return failure == Failure::crashed || failure == Failure::timed_out; }

/// Brings rows of points up to date with those of layers, and counts.
class Progress {
 public:
  Progress(const std::vector<DesignPoint>& points, const std::vector<Task>& tasks)
      : points_(points), missing_(points.size()), changed_(points.size(), false) {
    state_.points = points.size();
    for (const Task& task : tasks) {
      for (const std::size_t point : task.waiting) ++missing_[point];
    }
    for (const DesignPoint& point : points)
      same_objective_ &= point.request.objective == points.front().request.objective;
  }

  /// A layer's result was there.
  void layer_found(Connection& store, const Task& task, Failure failure) {
    state_.lost_workers |= is_lost(failure);
    for (const std::size_t point : task.waiting) {
      if (--missing_[point] == 0) write_point(store, point);
    }
  }
  /// A layer has a result now; writes the points that it completes.
  void layer_done(Connection& store, const Task& task, Failure failure) {
    for (const std::size_t point : task.waiting) changed_[point] = true;
    layer_found(store, task, failure);
  }

  SweepState& state() { return state_; }

 private:
  void write_point(Connection& store, std::size_t point) {
    StoredPoint stored;
    if (!changed_[point]) stored = stored_point(store, points_[point]);
    state_.damaged += stored.damaged;
    point_done(point, stored.summary ? *stored.summary : put_point(store, points_[point]).value());
  }

  void point_done(std::size_t point, const PointSummary& summary) {
    ++state_.points_done;
    if (summary.failed) {
      ++state_.points_failed;
      state_.failures.emplace_back(point, summary.message);
      return;
    }
    const auto objective = points_[point].request.objective;
    const double cost = objective == Objective::energy    ? summary.energy
                        : objective == Objective::latency ? summary.milliseconds
                                                          : summary.energy * summary.milliseconds;
    if (same_objective_ && (!state_.best || cost < *state_.best)) {
      state_.best = cost;
      state_.best_point = point;
    }
  }

  const std::vector<DesignPoint>& points_;
  std::vector<std::size_t> missing_;  ///< layers without a result, by point
  std::vector<bool> changed_;         ///< whether a layer of the point is new
  bool same_objective_ = true;
  SweepState state_;
};

/// What is to be computed; the other tasks of this shard have a result, and `found` is told.
struct Todo {
  std::vector<std::size_t> tasks;
  std::size_t damaged = 0;  ///< results that count as none
};
Todo todo_of(Connection& store, const std::vector<DesignPoint>& points, const std::vector<Task>& tasks,
             const RunOptions& options, const std::function<void(std::size_t, Failure)>& found) {
  Todo todo;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (options.shard && i % options.shard->count != options.shard->index - 1) continue;
    const auto stored = stored_layer(store, points[tasks[i].point].layer_keys[tasks[i].layer]);
    if (stored) todo.damaged += stored->damaged;
    if (!stored || stored->damaged || (options.retry && is_lost(stored->failure))) {
      todo.tasks.push_back(i);
    } else {
      found(i, stored->failure);
    }
  }
  return todo;
}

LayerOutcome outcome_of(const TaskResult& result) {
  if (result.answer) return decode(*result.answer);
  LayerOutcome outcome;
  outcome.failure = result.timed_out ? Failure::timed_out : Failure::crashed;
  outcome.message = result.message;
  return outcome;
}

Pool make_pool(const std::vector<DesignPoint>& points, const std::vector<Task>& tasks,
               const SharedSearches& searches, const RunOptions& options) {
  PoolOptions of_pool;
  of_pool.workers = options.jobs;
  of_pool.timeout_seconds = options.timeout_seconds;
  return {of_pool,
          [&](std::size_t task, const std::string& known) {
            return encode(evaluate_layer(points[tasks[task].point], tasks[task].layer, known));
          },
          [&](std::size_t task) { return points[tasks[task].point].request.fidelity == Fidelity::simulate; },
          [&](std::size_t task) { return searches.known(task); }};
}

/// Makes what is committed safe from a loss of power, once a second.
class Checkpoints {
 public:
  void maybe(Connection& store) {
    const auto now = Clock::now();
    if (now - last_ < std::chrono::seconds(1)) return;
    last_ = now;
    store.execute("PRAGMA wal_checkpoint(PASSIVE)");
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

/// Whether a text is `2-of-8`.
bool is_shard_number(std::string_view text) {
  constexpr std::string_view kOf = "-of-";
  const auto of = text.find(kOf);
  if (of == std::string_view::npos) return false;
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return is_number(text.substr(0, of)) && is_number(text.substr(of + kOf.size()));
}

}  // namespace

std::vector<Task> tasks_of(const std::vector<DesignPoint>& points) {
  std::vector<Task> tasks;
  std::unordered_map<Key, std::size_t, HashKey> by_key;
  for (std::size_t p = 0; p < points.size(); ++p) {
    for (std::size_t l = 0; l < points[p].layer_keys.size(); ++l) {
      const auto [found, is_new] = by_key.emplace(points[p].layer_keys[l], tasks.size());
      if (is_new) tasks.push_back({p, l, {}});
      auto& waiting = tasks[found->second].waiting;
      if (waiting.empty() || waiting.back() != p) waiting.push_back(p);
    }
  }
  return tasks;
}

SweepState run_sweep(const SweepSpec& spec, const std::vector<DesignPoint>& points, const RunOptions& options,
                     const std::function<bool(const SweepState&)>& report) {
  const fs::path path = options.shard ? shard_path(options.database, *options.shard) : options.database;
  const Lock lock(path);
  Connection store = open_store(path);
  const auto tasks = tasks_of(points);
  Progress progress(points, tasks);
  SweepState& state = progress.state();
  std::vector<std::size_t> todo;
  {
    Transaction transaction(store);
    put_sweep(store, spec, points);
    const Todo found = todo_of(store, points, tasks, options, [&](std::size_t task, Failure failure) {
      ++state.layers;
      progress.layer_found(store, tasks[task], failure);
    });
    transaction.commit();
    todo = found.tasks;
    state.damaged += found.damaged;
  }
  state.layers_todo = todo.size();
  state.layers += todo.size();
  Checkpoints checkpoints;
  SharedSearches searches(points, tasks, todo);
  Pool pool = make_pool(points, tasks, searches, options);
  pool.run(searches.order(), [&](const std::vector<TaskResult>& results) {
    if (!results.empty()) {
      Transaction transaction(store);
      for (const TaskResult& result : results) {
        const Task& task = tasks[result.task];
        const DesignPoint& point = points[task.point];
        const LayerOutcome outcome = outcome_of(result);
        searches.learn(result.task, outcome);
        put_layer(store, point, task.layer, outcome);
        put_run_time(store, point.layer_keys[task.layer], point.request.fidelity, result.seconds);
        progress.layer_done(store, task, outcome.failure);
      }
      transaction.commit();
      state.layers_done += results.size();
      checkpoints.maybe(store);
    }
    state.short_of_workers = pool.short_of_workers();
    state.stopped = !report(state);
    return !state.stopped;
  });
  store.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return state;
}

fs::path shard_path(const fs::path& database, const Shard& shard) {
  return database.parent_path() / fmt::format("{}.shard-{}-of-{}{}", database.stem().string(), shard.index,
                                              shard.count, database.extension().string());
}

MergeResult merge_shards(const SweepSpec& spec, const std::vector<DesignPoint>& points,
                         const fs::path& database) {
  MergeResult result;
  const std::string head = database.stem().string() + ".shard-", tail = database.extension().string();
  const auto folder = database.has_parent_path() ? database.parent_path() : fs::path(".");
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(head) || !name.ends_with(tail) || name.size() < head.size() + tail.size()) continue;
    if (is_shard_number(std::string_view(name).substr(head.size(), name.size() - head.size() - tail.size())))
      result.shards.push_back(entry->path());
  }
  std::sort(result.shards.begin(), result.shards.end());
  const Lock lock(database);
  Connection store = open_store(database);
  for (const auto& shard : result.shards) result.damaged += copy_layers(store, shard);
  const auto tasks = tasks_of(points);
  Progress progress(points, tasks);
  Transaction transaction(store);
  put_sweep(store, spec, points);
  const Todo todo = todo_of(store, points, tasks, {}, [&](std::size_t task, Failure failure) {
    progress.layer_found(store, tasks[task], failure);
  });
  transaction.commit();
  result.layers_missing = todo.tasks.size();
  result.state = progress.state();
  result.state.damaged += todo.damaged;
  result.state.layers = tasks.size();
  store.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return result;
}

Forecast forecast(const std::vector<DesignPoint>& points, const RunOptions& options) {
  constexpr std::size_t kTried = 8;
  constexpr double kTrialSeconds = 5;
  const auto tasks = tasks_of(points);
  Forecast result;
  for (const DesignPoint& point : points) result.layers += point.layer_keys.size();
  result.distinct = tasks.size();
  std::vector<std::size_t> todo;
  double timed_seconds = 0;
  if (fs::exists(options.database)) {
    Connection store = open_store_to_read(options.database);
    auto time = store.prepare("SELECT seconds FROM run_times WHERE layer_key = ?");
    todo = todo_of(store, points, tasks, options, [&](std::size_t task, Failure) {
             if (!time.bind(points[tasks[task].point].layer_keys[tasks[task].layer].hex()).step()) return;
             timed_seconds += time.real(0);
             ++result.timed;
           }).tasks;
  } else {
    for (std::size_t i = 0; i < tasks.size(); ++i) todo.push_back(i);
  }
  result.todo = todo.size();
  if (!todo.empty() && result.timed < kTried) {
    std::vector<std::size_t> tried;
    for (std::size_t i = 0; i < std::min(kTried, todo.size()); ++i)
      tried.push_back(todo[i * todo.size() / std::min(kTried, todo.size())]);
    const auto begin = std::chrono::steady_clock::now();
    const SharedSearches alone(points, tasks, {});
    make_pool(points, tasks, alone, options).run(tried, [&](const std::vector<TaskResult>& results) {
      for (const TaskResult& one : results) {
        timed_seconds += one.seconds;
        ++result.timed;
      }
      return std::chrono::steady_clock::now() - begin < std::chrono::duration<double>(kTrialSeconds);
    });
    if (result.timed == 0) timed_seconds = kTrialSeconds;
  }
  result.seconds = timed_seconds / static_cast<double>(std::max<std::size_t>(result.timed, 1)) *
                   static_cast<double>(result.todo);
  return result;
}

}  // namespace weir::sweep
