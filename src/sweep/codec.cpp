#include <nlohmann/json.hpp>

#include "sweep/evaluate.h"

namespace weir::sweep {
namespace {

using Json = nlohmann::json;

constexpr std::array<Failure, kFailureNames.size()> kFailures = {Failure::none, Failure::refused,
                                                                 Failure::crashed, Failure::timed_out};
constexpr std::array<stats::Verification, 4> kVerifications = {
    stats::Verification::off, stats::Verification::passed, stats::Verification::failed,
    stats::Verification::none};

Json stats_json(const stats::Counts& counts) {
  Json list = Json::array();
  counts.for_each([&](stats::Component c, Tensor d, stats::Action a, std::int64_t count) {
    list.push_back({static_cast<int>(c), static_cast<int>(d), static_cast<int>(a), count});
  });
  return list;
}

stats::Counts counts_of(const Json& json) {
  stats::Counts counts;
  for (const Json& item : json) {
    counts.add(static_cast<stats::Component>(item.at(0).get<int>()),
               static_cast<Tensor>(item.at(1).get<int>()), static_cast<stats::Action>(item.at(2).get<int>()),
               item.at(3).get<std::int64_t>());
  }
  return counts;
}

Json stats_json(const stats::LayerStats& stats) {
  Json links = Json::array();
  for (const auto& link : stats.links) links.push_back({link.busy, link.blocked, link.idle});
  return {{"macs", stats.macs},
          {"cycles", stats.cycles},
          {"active_pes", stats.active_pes},
          {"vector_operations", stats.vector_operations},
          {"vector_cycles", stats.vector_cycles},
          {"counts", stats_json(stats.counts)},
          {"pe_cycles", stats.pe_cycles.values},
          {"links", links},
          {"verification", static_cast<int>(stats.verification)},
          {"wrong_outputs", stats.wrong_outputs}};
}

stats::LayerStats stats_of(const Json& json) {
  stats::LayerStats stats;
  stats.macs = json.at("macs");
  stats.cycles = json.at("cycles");
  stats.active_pes = json.at("active_pes");
  stats.vector_operations = json.at("vector_operations");
  stats.vector_cycles = json.at("vector_cycles");
  stats.counts = counts_of(json.at("counts"));
  stats.pe_cycles.values = json.at("pe_cycles").get<decltype(stats.pe_cycles.values)>();
  const Json& links = json.at("links");
  for (std::size_t i = 0; i < stats.links.size(); ++i) {
    stats.links[i] = {links.at(i).at(0), links.at(i).at(1), links.at(i).at(2)};
  }
  stats.verification = kVerifications.at(json.at("verification").get<std::size_t>());
  stats.wrong_outputs = json.at("wrong_outputs");
  return stats;
}

}  // namespace

std::string encode_stats(const stats::LayerStats& stats) { return stats_json(stats).dump(); }
stats::LayerStats decode_stats(const std::string& text) { return stats_of(Json::parse(text)); }

std::string encode(const LayerOutcome& outcome) {
  Json json = {{"failure", static_cast<int>(outcome.failure)},
               {"message", outcome.message},
               {"mapping", outcome.mapping}};
  if (outcome.failure == Failure::none) json["stats"] = stats_json(outcome.stats);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

LayerOutcome decode(const std::string& text) {
  const Json json = Json::parse(text);
  LayerOutcome outcome;
  outcome.failure = kFailures.at(json.at("failure").get<std::size_t>());
  outcome.message = json.at("message");
  outcome.mapping = json.at("mapping");
  if (outcome.failure == Failure::none) outcome.stats = stats_of(json.at("stats"));
  return outcome;
}

}  // namespace weir::sweep
