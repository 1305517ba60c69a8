#include "accelerator/keys.h"

#include <fmt/format.h>

#include <cmath>

namespace weir {
namespace {

using config::Allowed;
using config::boolean;
using config::flags;
using config::key;
using config::name;
using config::Node;
using config::number;
using config::Value;
using config::When;
using config::whole;
using config::word;
using A = Accelerator;
using Pe = ProcessingElementSpec;
using Net = NetworksSpec;
using Buffer = GlobalBufferSpec;

constexpr std::int64_t kMostWords = std::int64_t{1} << 31;
constexpr std::int64_t kMostBanks = std::int64_t{1} << 20;
constexpr std::int64_t kMostWordsPerCycle = std::int64_t{1} << 16;
constexpr std::int64_t kMostSide = 4096;  ///< of the PE array
constexpr std::int64_t kMostVectorOperations = std::int64_t{1} << 20;
constexpr std::int64_t kMostLatency = 1'000'000;

constexpr auto kDecidingKey = "networks.ifmap.delivery";
const When kSystolic{kDecidingKey, {"systolic"}, true, "of a systolic array"};
const When kMulticast{kDecidingKey, {"systolic"}, false, "not of a systolic array"};

Value<LastSum> last_sum() {
  return word<LastSum>({{"stored", LastSum::stored}, {"direct", LastSum::direct}});
}

Value<DeliveryKind> delivery() {
  return word<DeliveryKind>({{"multicast", DeliveryKind::multicast}, {"systolic", DeliveryKind::systolic}});
}

/// Words a cycle of a network; one of a systolic array may be as wide as its edge.
template <auto Network>
config::Row<A> width(const std::string& network, const std::string& help) {
  auto allowed = whole(1, kMostWordsPerCycle).allowed;
  allowed.words = {"unlimited"};
  const auto set = [](const Node& node, A& a) {
    const bool unlimited = a.systolic() && node.is_scalar() && node.text() == "unlimited";
    (a.networks.*Network).words_per_cycle = unlimited ? kUnlimitedWords : node.integer(1, kMostWordsPerCycle);
  };
  return key<A>(fmt::format("networks.{}.words_per_cycle", network), allowed, set,
                {.help = help, .unit = "words a cycle"});
}

/// Both operands are delivered alike: an array is systolic or it is not.
void set_weight_delivery(const Node& node, A& a) {
  DeliveryKind kind{};
  delivery().set(node, kind);
  if (kind != a.networks.delivery)
    node.parent().fail("delivery of weight and ifmap differ; allowed is systolic for both or for none");
}

void set_words_per_kilocycle(const Node& node, A& a) {
  const double words = 1000 * node.number(0.001, 1'000'000);
  const double rounded = std::round(words);
  if (std::abs(words - rounded) > 1e-5)
    node.fail(fmt::format("words_per_cycle is {}; allowed are up to three decimals", node.text()));
  a.dram.words_per_kilocycle = static_cast<std::int64_t>(rounded);
}

/// A bag of PEs: one column, of which a mapping takes what it needs.
void set_pes(const Node& node, A& a) {
  a.rows = node.integer(1, kMostSide);
  a.columns = 1;
}

}  // namespace

const config::Table<Accelerator>& accelerator_table() {
  static const config::Table<Accelerator> kTable = {
      key<&A::name>("accelerator", name(), {.help = "its name"}),
      key<&A::clock_mhz>("clock_mhz", number(0.001, 100'000), {.help = "core clock", .unit = "MHz"}),
      key<&A::word_bits>(
          "word_bits", whole(1, 64),
          {.help = "width of an ifmap or weight word (psums accumulate wider; they are counted "
                   "in words, too)",
           .unit = "bits"}),
      key<&A::rows>("pe_array.rows", whole(1, kMostSide),
                    {.help = "rows of the grid of PEs", .unit = "PEs", .unless = "pe_array.pes"}),
      key<&A::columns>("pe_array.columns", whole(1, kMostSide),
                       {.help = "columns of the grid of PEs", .unit = "PEs", .unless = "pe_array.pes"}),
      key<A>("pe_array.pes", whole(1, kMostSide).allowed, set_pes,
             {.help = "instead of rows and columns: a bag of PEs, one column of which only the number of "
                      "places limits a mapping",
              .unit = "PEs",
              .optional = true,
              .when = {kMulticast}}),
      key<&A::double_buffered>(
          "pe_array.double_buffered", boolean(),
          {.help = "whether the next stationary operand shifts in behind the present one",
           .when = {kSystolic}}),
      key<&A::pe, &Pe::ifmap_rf_words>(
          "pe.ifmap_rf.words", whole(0, kMostWords),
          {.help = "register file of a PE for the ifmap; 0: none, its words stream through the PE "
                   "(timing-model.md section 2)",
           .unit = "words",
           .unless = "pe.register_file.words"}),
      key<&A::pe, &Pe::weight_rf_words>(
          "pe.weight_rf.words", whole(0, kMostWords),
          {.help = "the same for weights", .unit = "words", .unless = "pe.register_file.words"}),
      key<&A::pe, &Pe::psum_rf_words>(
          "pe.psum_rf.words", whole(0, kMostWords),
          {.help = "the same for psums", .unit = "words", .unless = "pe.register_file.words"}),
      key<A>("pe.register_file.words", whole(1, kMostWords).allowed,
             [](const Node& node, A& a) { a.pe.shared_rf_words = node.integer(1, kMostWords); },
             {.help = "instead of these three: one register file that holds the tiles of all three tensors",
              .unit = "words",
              .optional = true,
              .when = {kMulticast}}),
      key<&A::pe, &Pe::last_sum>(
          "pe.last_sum", last_sum(),
          {.help = "`direct`: the sum of a visit's last MAC leaves the PE without a write and a read of the "
                   "register file",
           .optional = true,
           .when = {kMulticast}}),
      key<&A::pe, &Pe::input_fifo_words>(
          "pe.input_fifo_words", whole(0, kMostWords),
          {.help = "FIFO in front of the ifmap and of the weight register file, each",
           .unit = "words",
           .when = {kMulticast}}),
      key<&A::pe, &Pe::zero_gating>(
          "pe.zero_gating", boolean(),
          {.help = "a zero ifmap word switches off the weight read and the MAC of its cycle"}),
      key<&A::pe, &Pe::padding_macs>(
          "pe.padding_macs",
          word<PaddingMacs>({{"performed", PaddingMacs::performed}, {"skipped", PaddingMacs::skipped}}),
          {.help =
               "`skipped`: a MAC whose ifmap word is a zero of padding takes no cycle and touches no "
               "register file, and is not counted; the zero itself is sent to the PE like other words (not "
               "of a systolic array, nor with `pe.last_sum: direct`)",
           .optional = true}),
      width<&Net::ifmap>("ifmap",
                         "width of the network that brings the ifmap; a systolic array's may be "
                         "`unlimited`"),
      key<&A::networks, &Net::delivery>(
          kDecidingKey, delivery(),
          {.help =
               "`systolic`: words enter at the array's edge and hop from PE to PE (timing-model.md section "
               "12)",
           .decides = true}),
      width<&Net::weight>("weight", "width of the network that brings weights"),
      key<A>("networks.weight.delivery", delivery().allowed, set_weight_delivery,
             {.help = "as of the ifmap", .decides = true}),
      key<&A::networks, &Net::weight_barrier>(
          "networks.weight.barrier",
          word<WeightBarrier>({{"none", WeightBarrier::none},
                               {"array_done", WeightBarrier::array_done},
                               {"array_drained", WeightBarrier::array_drained}}),
          {.help = "what the next weights wait for (timing-model.md section 2)", .when = {kMulticast}}),
      width<&Net::psum_in>("psum_in", "width of the network that brings psums"),
      key<&A::networks, &Net::psum_ports, &PsumPorts::reads_initial>(
          "networks.psum_in.initial_psums", word<bool>({{"read", true}, {"zero", false}}),
          {.help = "`read`: zeros or biases come from the buffer; `zero`: they are made in the PE"}),
      width<&Net::psum_out>("psum_out",
                            "width of the network that takes psums away. Between neighbours there is no such "
                            "width: a PE adds one psum a cycle, and no link is narrower than a word"),
      key<&A::networks, &Net::neighbour_sums>(
          "networks.neighbour.sums_over",
          flags<NeighbourSums>(
              {{"C", &NeighbourSums::c}, {"R", &NeighbourSums::r}, {"S", &NeighbourSums::s}}),
          {.help =
               "those dimensions that neighbours of a column add up; sums of PEs that differ in others go "
               "to the buffer one by one and are added there",
           .optional = true,
           .when = {kMulticast}}),
      key<&A::networks, &Net::psum_ports, &PsumPorts::words>(
          "networks.psum_port_words", whole(1, kMostWords),
          {.help = "room of each psum port of a PE", .unit = "words", .when = {kMulticast}}),
      key<&A::global_buffer, &Buffer::banks>("global_buffer.banks", whole(1, kMostBanks),
                                             {.help = "a bank holds one tensor", .unit = "banks"}),
      key<&A::global_buffer, &Buffer::bank_words>("global_buffer.bank_words", whole(1, kMostWords),
                                                  {.help = "size of a bank", .unit = "words"}),
      key<&A::global_buffer, &Buffer::weight_prefetch_words>(
          "global_buffer.weight_prefetch_words", whole(0, kMostWords),
          {.help = "extra banks for the next pass's weights", .unit = "words"}),
      key<&A::global_buffer, &Buffer::last_sum>(
          "global_buffer.last_sum", last_sum(),
          {.help = "`direct`: finished outputs go to DRAM without a write and a read of the buffer",
           .optional = true,
           .when = {kMulticast}}),
      key<&A::global_buffer, &Buffer::loads>(
          "global_buffer.loads",
          word<TileLoad>({{"new_words", TileLoad::new_words},
                          {"whole_tiles", TileLoad::whole},
                          {"every_tile", TileLoad::every}}),
          {.help =
               "`new_words`: of a tile that moves, what the tile before does not have; `whole_tiles`: all "
               "of an ifmap tile that moves; `every_tile`: all of the ifmap and weight tiles in each "
               "iteration of the loops at `dram`, moved or not",
           .optional = true,
           .when = {kMulticast}}),
      key<&A::global_buffer>(
          "global_buffer.bypassed_by",
          flags<Buffer>({{"ifmap", &Buffer::ifmap_bypasses}, {"psum", &Buffer::psum_bypasses}}),
          {.help =
               "tensors that take no room in the buffer: `ifmap` (its words go from DRAM to the array; not "
               "with overlap `total`), `psum` (all that leaves the array is finished; needs `last_sum: "
               "direct`)",
           .optional = true,
           .when = {kMulticast}}),
      key<&A::global_buffer, &Buffer::padding>(
          "global_buffer.padding",
          word<PaddingZeros>({{"stored", PaddingZeros::stored}, {"made", PaddingZeros::made}}),
          {.help =
               "where the zeros of an ifmap's padding, and those between the words of a transposed "
               "convolution, come from: `stored`: they are words of DRAM like others, and are fetched; "
               "`made`: they are written where the buffer is filled, so that DRAM neither holds nor sends "
               "them (not of a systolic array, nor of an ifmap that goes past the buffer). Writes to the "
               "buffer, and all behind them, are the same",
           .optional = true}),
      key<A>("dram.model", {.type = Allowed::Type::word, .words = {"link"}},
             [](const Node& node, A&) { node.choice({"link"}); }, {.help = "how DRAM's time is modelled"}),
      key<A>("dram.words_per_cycle", number(0.001, 1'000'000).allowed, set_words_per_kilocycle,
             {.help = "width of the link, up to three decimals", .unit = "words a core cycle"}),
      key<&A::dram, &DramSpec::latency_cycles>("dram.latency_cycles", whole(0, kMostLatency),
                                               {.help = "added to each transfer", .unit = "core cycles"}),
      key<&A::vector_operations_per_cycle>("vector_unit.operations_per_cycle",
                                           whole(1, kMostVectorOperations),
                                           {.help = "of the unit that memory-bound layers pass",
                                            .unit = "operations a cycle",
                                            .optional = true}),
      key<&A::energy>("energy", name(), {.help = "name of an energy table in configs/energy"}),
  };
  return kTable;
}

}  // namespace weir
