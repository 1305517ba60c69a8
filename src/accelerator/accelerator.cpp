#include "accelerator/accelerator.h"

#include <fmt/format.h>

#include <cmath>

namespace weir {
namespace {

using config::Map;
using config::Node;

constexpr std::int64_t kMostWords = std::int64_t{1} << 31;
constexpr std::int64_t kMostBanks = std::int64_t{1} << 16;
constexpr std::int64_t kMostWordsPerCycle = std::int64_t{1} << 16;
constexpr std::int64_t kMostSide = 4096;  ///< of the PE array
constexpr std::int64_t kMostVectorOperations = std::int64_t{1} << 20;
constexpr std::int64_t kMostLatency = 1'000'000;

std::int64_t read_register_file(const Node& node) {
  Map map = node.map();
  const std::int64_t words = map.at("words").integer(0, kMostWords);
  map.finish();
  return words;
}

ProcessingElementSpec read_pe(const Node& node) {
  Map map = node.map();
  ProcessingElementSpec pe;
  pe.ifmap_rf_words = read_register_file(map.at("ifmap_rf"));
  pe.weight_rf_words = read_register_file(map.at("weight_rf"));
  pe.psum_rf_words = read_register_file(map.at("psum_rf"));
  pe.input_fifo_words = map.at("input_fifo_words").integer(0, kMostWords);
  pe.zero_gating = map.at("zero_gating").boolean();
  map.finish();
  return pe;
}

/// Reads a network; `more` reads the keys that only some networks have.
template <typename More>
NetworkSpec read_network(const Node& node, More more) {
  Map map = node.map();
  const NetworkSpec network{map.at("words_per_cycle").integer(1, kMostWordsPerCycle)};
  more(map);
  map.finish();
  return network;
}

NetworksSpec read_networks(const Node& node) {
  Map map = node.map();
  NetworksSpec networks;
  const auto nothing_more = [](Map&) {};
  networks.ifmap =
      read_network(map.at("ifmap"), [](Map& keys) { keys.at("delivery").choice({"multicast"}); });
  networks.weight = read_network(map.at("weight"), [&](Map& keys) {
    keys.at("delivery").choice({"multicast"});
    networks.weight_barrier =
        keys.at("barrier").choice<WeightBarrier>({{"none", WeightBarrier::none},
                                                  {"array_done", WeightBarrier::array_done},
                                                  {"array_drained", WeightBarrier::array_drained}});
  });
  networks.psum_in = read_network(map.at("psum_in"), [&](Map& keys) {
    networks.psum_ports.reads_initial =
        keys.at("initial_psums").choice<bool>({{"read", true}, {"zero", false}});
  });
  networks.psum_out = read_network(map.at("psum_out"), nothing_more);
  networks.neighbour = read_network(map.at("neighbour"), nothing_more);
  networks.psum_ports.words = map.at("psum_port_words").integer(1, kMostWords);
  map.finish();
  return networks;
}

GlobalBufferSpec read_global_buffer(const Node& node) {
  Map map = node.map();
  GlobalBufferSpec buffer;
  buffer.banks = map.at("banks").integer(1, kMostBanks);
  buffer.bank_words = map.at("bank_words").integer(1, kMostWords);
  buffer.weight_prefetch_words = map.at("weight_prefetch_words").integer(0, kMostWords);
  map.finish();
  return buffer;
}

std::int64_t read_words_per_kilocycle(const Node& node) {
  const double words = 1000 * node.number(0.001, 1'000'000);
  const double whole = std::round(words);
  if (std::abs(words - whole) > 1e-5) {
    node.fail(fmt::format("words_per_cycle is {}; allowed are up to three decimals", node.text()));
  }
  return static_cast<std::int64_t>(whole);
}

DramSpec read_dram(const Node& node) {
  Map map = node.map();
  DramSpec dram;
  map.at("model").choice({"link"});
  dram.words_per_kilocycle = read_words_per_kilocycle(map.at("words_per_cycle"));
  dram.latency_cycles = map.at("latency_cycles").integer(0, kMostLatency);
  map.finish();
  return dram;
}

std::int64_t read_vector_unit(const Node& node) {
  Map map = node.map();
  const std::int64_t operations = map.at("operations_per_cycle").integer(1, kMostVectorOperations);
  map.finish();
  return operations;
}

}  // namespace

Accelerator read_accelerator(const Node& root) {
  Map map = root.map();
  Accelerator accelerator;
  accelerator.name = map.at("accelerator").name();
  accelerator.clock_mhz = map.at("clock_mhz").number(0.001, 100'000);
  accelerator.word_bits = map.at("word_bits").integer(1, 64);
  Map array = map.at("pe_array").map();
  accelerator.rows = array.at("rows").integer(1, kMostSide);
  accelerator.columns = array.at("columns").integer(1, kMostSide);
  array.finish();
  accelerator.pe = read_pe(map.at("pe"));
  accelerator.networks = read_networks(map.at("networks"));
  accelerator.global_buffer = read_global_buffer(map.at("global_buffer"));
  accelerator.dram = read_dram(map.at("dram"));
  if (const auto unit = map.find("vector_unit"))
    accelerator.vector_operations_per_cycle = read_vector_unit(*unit);
  accelerator.energy = map.at("energy").name();
  map.finish();
  return accelerator;
}

}  // namespace weir
