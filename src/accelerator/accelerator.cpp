#include "accelerator/accelerator.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

namespace weir {
namespace {

using config::Map;
using config::Node;

constexpr std::int64_t kMostWords = std::int64_t{1} << 31;
constexpr std::int64_t kMostBanks = std::int64_t{1} << 20;
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

LastSum read_last_sum(Map& map) {
  const auto node = map.find("last_sum");
  if (!node) return LastSum::stored;
  return node->choice<LastSum>({{"stored", LastSum::stored}, {"direct", LastSum::direct}});
}

PaddingMacs read_padding_macs(const Node& node, bool systolic, LastSum last_sum) {
  const auto macs =
      node.choice<PaddingMacs>({{"performed", PaddingMacs::performed}, {"skipped", PaddingMacs::skipped}});
  if (macs == PaddingMacs::performed) return macs;
  if (systolic)
    node.fail("padding_macs is skipped in a systolic array, which no PE can; allowed is performed");
  if (last_sum == LastSum::direct)
    node.fail("padding_macs is skipped where the last MAC's sum leaves directly; allowed is performed");
  return macs;
}

ProcessingElementSpec read_pe(const Node& node, bool systolic) {
  Map map = node.map();
  ProcessingElementSpec pe;
  const auto shared = systolic ? std::nullopt : map.find("register_file");
  if (shared) {
    Map keys = shared->map();
    pe.shared_rf_words = keys.at("words").integer(1, kMostWords);
    keys.finish();
  } else {
    pe.ifmap_rf_words = read_register_file(map.at("ifmap_rf"));
    pe.weight_rf_words = read_register_file(map.at("weight_rf"));
    pe.psum_rf_words = read_register_file(map.at("psum_rf"));
  }
  if (!systolic) {
    pe.last_sum = read_last_sum(map);
    pe.input_fifo_words = map.at("input_fifo_words").integer(0, kMostWords);
  }
  pe.zero_gating = map.at("zero_gating").boolean();
  if (const auto macs = map.find("padding_macs"))
    pe.padding_macs = read_padding_macs(*macs, systolic, pe.last_sum);
  map.finish();
  return pe;
}

/// Reads a network; `more` reads the keys that only some networks have.
template <typename More>
NetworkSpec read_network(const Node& node, bool systolic, More more) {
  Map map = node.map();
  const Node words = map.at("words_per_cycle");
  const bool unlimited = systolic && words.is_scalar() && words.text() == "unlimited";
  const NetworkSpec network{unlimited ? kUnlimitedWords : words.integer(1, kMostWordsPerCycle)};
  more(map);
  map.finish();
  return network;
}

DeliveryKind read_delivery(const Node& network) {
  return network.map()
      .at("delivery")
      .choice<DeliveryKind>({{"multicast", DeliveryKind::multicast}, {"systolic", DeliveryKind::systolic}});
}

/// Both operands are delivered alike: an array is systolic or it is not.
DeliveryKind read_deliveries(Map networks) {
  const DeliveryKind ifmap = read_delivery(networks.at("ifmap"));
  const Node weight = networks.at("weight");
  if (read_delivery(weight) != ifmap)
    weight.fail("delivery of weight and ifmap differ; allowed is systolic for both or for none");
  return ifmap;
}

NeighbourSums read_neighbour_sums(const Node& node) {
  NeighbourSums sums{false, false, false};
  for (const Node& dimension : node.list()) {
    bool NeighbourSums::*const sum = dimension.choice<bool NeighbourSums::*>(
        {{"C", &NeighbourSums::c}, {"R", &NeighbourSums::r}, {"S", &NeighbourSums::s}});
    sums.*sum = true;
  }
  return sums;
}

NetworksSpec read_networks(const Node& node) {
  Map map = node.map();
  NetworksSpec networks;
  networks.delivery = read_deliveries(map);
  const bool systolic = networks.delivery == DeliveryKind::systolic;
  const auto nothing_more = [](Map&) {};
  const auto delivery = [](Map& keys) { keys.at("delivery"); };
  networks.ifmap = read_network(map.at("ifmap"), systolic, delivery);
  networks.weight = read_network(map.at("weight"), systolic, [&](Map& keys) {
    delivery(keys);
    if (systolic) return;
    networks.weight_barrier =
        keys.at("barrier").choice<WeightBarrier>({{"none", WeightBarrier::none},
                                                  {"array_done", WeightBarrier::array_done},
                                                  {"array_drained", WeightBarrier::array_drained}});
  });
  networks.psum_in = read_network(map.at("psum_in"), systolic, [&](Map& keys) {
    networks.psum_ports.reads_initial =
        keys.at("initial_psums").choice<bool>({{"read", true}, {"zero", false}});
  });
  networks.psum_out = read_network(map.at("psum_out"), systolic, nothing_more);
  if (!systolic) {
    if (const auto neighbour = map.find("neighbour")) {
      Map keys = neighbour->map();
      if (const auto sums = keys.find("sums_over")) networks.neighbour_sums = read_neighbour_sums(*sums);
      keys.finish();
    }
    networks.psum_ports.words = map.at("psum_port_words").integer(1, kMostWords);
  }
  map.finish();
  return networks;
}

void read_bypasses(const Node& node, GlobalBufferSpec& buffer) {
  for (const Node& tensor : node.list()) {
    bool GlobalBufferSpec::*const bypasses = tensor.choice<bool GlobalBufferSpec::*>(
        {{"ifmap", &GlobalBufferSpec::ifmap_bypasses}, {"psum", &GlobalBufferSpec::psum_bypasses}});
    buffer.*bypasses = true;
    if (buffer.psum_bypasses && buffer.last_sum == LastSum::stored)
      tensor.fail("psums go past a buffer that stores the last sum; allowed is this with last_sum: direct");
  }
}

PaddingZeros read_padding(const Node& node, bool systolic, const GlobalBufferSpec& buffer) {
  const auto padding =
      node.choice<PaddingZeros>({{"stored", PaddingZeros::stored}, {"made", PaddingZeros::made}});
  if (padding == PaddingZeros::stored) return padding;
  if (systolic)
    node.fail("padding is made for a systolic array, whose DRAM holds the lowered ifmap; allowed is stored");
  if (buffer.ifmap_bypasses)
    node.fail("padding is made where the buffer is filled, which the ifmap goes past; allowed is stored");
  return padding;
}

GlobalBufferSpec read_global_buffer(const Node& node, bool systolic) {
  Map map = node.map();
  GlobalBufferSpec buffer;
  buffer.banks = map.at("banks").integer(1, kMostBanks);
  buffer.bank_words = map.at("bank_words").integer(1, kMostWords);
  buffer.weight_prefetch_words = map.at("weight_prefetch_words").integer(0, kMostWords);
  if (!systolic) {
    buffer.last_sum = read_last_sum(map);
    if (const auto loads = map.find("loads")) {
      buffer.loads = loads->choice<TileLoad>({{"new_words", TileLoad::new_words},
                                              {"whole_tiles", TileLoad::whole},
                                              {"every_tile", TileLoad::every}});
    }
    if (const auto bypass = map.find("bypassed_by")) read_bypasses(*bypass, buffer);
  }
  if (const auto padding = map.find("padding")) buffer.padding = read_padding(*padding, systolic, buffer);
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
  const Node pe = map.at("pe");
  accelerator.networks = read_networks(map.at("networks"));
  if (const auto pes = accelerator.systolic() ? std::nullopt : array.find("pes")) {
    // A bag of PEs: one column, of which a mapping takes what it needs.
    accelerator.rows = pes->integer(1, kMostSide);
    accelerator.columns = 1;
  } else {
    accelerator.rows = array.at("rows").integer(1, kMostSide);
    accelerator.columns = array.at("columns").integer(1, kMostSide);
  }
  if (accelerator.systolic()) accelerator.double_buffered = array.at("double_buffered").boolean();
  array.finish();
  accelerator.pe = read_pe(pe, accelerator.systolic());
  accelerator.global_buffer = read_global_buffer(map.at("global_buffer"), accelerator.systolic());
  if (accelerator.global_buffer.psum_bypasses && accelerator.networks.psum_ports.reads_initial) {
    map.at("networks")
        .fail("initial_psums are read from a buffer that psums go past; allowed is initial_psums: zero");
  }
  accelerator.dram = read_dram(map.at("dram"));
  if (const auto unit = map.find("vector_unit"))
    accelerator.vector_operations_per_cycle = read_vector_unit(*unit);
  accelerator.energy = map.at("energy").name();
  map.finish();
  return accelerator;
}

void check_overlap(const Accelerator& accelerator, Overlap overlap, const Node& file) {
  if (overlap == Overlap::processing || !accelerator.global_buffer.ifmap_bypasses) return;
  file.fail(
      "overlap is total, which has no time for an ifmap that goes past the buffer; allowed is processing");
}

}  // namespace weir
