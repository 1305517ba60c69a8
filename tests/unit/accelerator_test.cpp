#include "accelerator/accelerator.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace weir {
namespace {

using test::error_of;
using test::replaced;
const std::string kAccelerator = R"(accelerator: small
clock_mhz: 100.5
word_bits: 8
pe_array: {rows: 2, columns: 3}
pe:
  ifmap_rf: {words: 4}
  weight_rf: {words: 5}
  psum_rf: {words: 6}
  input_fifo_words: 7
  zero_gating: false
networks:
  ifmap: {words_per_cycle: 1, delivery: multicast}
  weight: {words_per_cycle: 2, delivery: multicast, barrier: array_drained}
  psum_in: {words_per_cycle: 3, initial_psums: zero}
  psum_out: {words_per_cycle: 4}
  neighbour: {sums_over: [C, R, S]}
  psum_port_words: 8
global_buffer: {banks: 9, bank_words: 10, weight_prefetch_words: 11}
dram: {model: link, words_per_cycle: 0.125, latency_cycles: 12}
energy: table
)";

Accelerator read_machine(const std::string& text) {
  return read_accelerator(config::Node::parse(text, "a.yaml"));
}

/// The error of the accelerator above with `from` replaced by `to`.
std::string error_in_machine(const std::string& from, const std::string& to) {
  return error_of([&] { read_machine(replaced(kAccelerator, from, to)); });
}

TEST(Accelerator, ReadsEveryKey) {
  const Accelerator a = read_machine(kAccelerator);
  EXPECT_EQ(a.name, "small");
  EXPECT_EQ(a.clock_mhz, 100.5);
  EXPECT_EQ(a.word_bits, 8);
  EXPECT_EQ(a.pes(), 6);
  EXPECT_EQ(a.pe.ifmap_rf_words, 4);
  EXPECT_EQ(a.pe.weight_rf_words, 5);
  EXPECT_EQ(a.pe.psum_rf_words, 6);
  EXPECT_EQ(a.pe.input_fifo_words, 7);
  EXPECT_FALSE(a.pe.zero_gating);
  EXPECT_EQ(a.networks.ifmap.words_per_cycle, 1);
  EXPECT_EQ(a.networks.weight.words_per_cycle, 2);
  EXPECT_EQ(a.networks.psum_in.words_per_cycle, 3);
  EXPECT_EQ(a.networks.psum_out.words_per_cycle, 4);
  EXPECT_EQ(a.networks.weight_barrier, WeightBarrier::array_drained);
  EXPECT_EQ(a.networks.psum_ports.words, 8);
  EXPECT_FALSE(a.networks.psum_ports.reads_initial);
  EXPECT_EQ(a.global_buffer.banks, 9);
  EXPECT_EQ(a.global_buffer.bank_words, 10);
  EXPECT_EQ(a.global_buffer.weight_prefetch_words, 11);
  EXPECT_EQ(a.dram.words_per_kilocycle, 125);
  EXPECT_EQ(a.dram.latency_cycles, 12);
  EXPECT_EQ(a.energy, "table");
}

/// Neighbours pass one psum a cycle: the width that files once gave is no key.
TEST(Accelerator, NeighboursHaveNoWidth) {
  EXPECT_EQ(
      error_in_machine("neighbour: {", "neighbour: {words_per_cycle: 5, "),
      "a.yaml:16:15: error: unknown key \"words_per_cycle\"; allowed is sums_over (in networks.neighbour)");
  for (const std::string text : {"", "  neighbour: {}\n"}) {
    const NeighbourSums sums =
        read_machine(replaced(kAccelerator, "  neighbour: {sums_over: [C, R, S]}\n", text))
            .networks.neighbour_sums;
    EXPECT_TRUE(sums.c && sums.r && sums.s);
  }
}

TEST(Accelerator, EyerissIsThePublishedChip) {
  const Accelerator a = read_accelerator(
      config::Node::load(WEIR_SOURCE_DIR "/configs/eyeriss.yaml", {"global_buffer.banks=32"}));
  EXPECT_EQ(a.name, "eyeriss");
  EXPECT_EQ(a.pes(), 168);
  EXPECT_EQ(a.networks.weight_barrier, WeightBarrier::array_done);
  EXPECT_TRUE(a.networks.psum_ports.reads_initial);
  EXPECT_EQ(a.global_buffer.banks, 32);
  EXPECT_EQ(a.dram.words_per_kilocycle, 1200);
  EXPECT_EQ(a.dram.transfer_cycles(13), 11);  // 13 / 1.2 = 10.8
}

TEST(Accelerator, SystolicArraysHaveKeysOfTheirOwn) {
  const Accelerator a = read_accelerator(config::Node::load(WEIR_SOURCE_DIR "/configs/tpu-v1.yaml"));
  EXPECT_TRUE(a.systolic());
  EXPECT_TRUE(a.double_buffered);
  EXPECT_EQ(a.pes(), 65536);
  EXPECT_EQ(a.networks.ifmap.words_per_cycle, 256);
  EXPECT_FALSE(read_machine(kAccelerator).systolic());
  const std::string file = WEIR_SOURCE_DIR "/configs/systolic-16x16.yaml";
  EXPECT_EQ(read_accelerator(config::Node::load(file)).networks.psum_out.words_per_cycle, kUnlimitedWords);
  const auto error = [&](const std::string& key) {
    return error_of([&] { read_accelerator(config::Node::load(file, {key})); });
  };
  EXPECT_NE(error("networks.weight.barrier=none").find("unknown key \"barrier\""), std::string::npos);
  EXPECT_NE(error("networks.psum_port_words=4").find("unknown key \"psum_port_words\""), std::string::npos);
  EXPECT_NE(error("pe.input_fifo_words=4").find("unknown key \"input_fifo_words\""), std::string::npos);
  EXPECT_NE(
      error("global_buffer.padding=made")
          .find("error: padding is made for a systolic array, whose DRAM holds the lowered ifmap; allowed "
                "is stored (in global_buffer.padding)"),
      std::string::npos);
  EXPECT_NE(error("pe.padding_macs=skipped").find("error: padding_macs is skipped in a systolic array"),
            std::string::npos);
  EXPECT_NE(error("pe_array.double_buffered=2").find("allowed is true or false"), std::string::npos);
  EXPECT_EQ(
      error_in_machine("words_per_cycle: 1,", "words_per_cycle: unlimited,"),
      "a.yaml:12:28: error: words_per_cycle is \"unlimited\"; allowed is a whole number, 1 to 65536 (in "
      "networks.ifmap.words_per_cycle)");
}

TEST(Accelerator, RefusesBadKeys) {
  EXPECT_EQ(error_in_machine("banks", "bnaks"),
            "a.yaml:18:17: error: unknown key \"bnaks\"; did you mean \"banks\"? (in global_buffer)");
  EXPECT_EQ(error_in_machine("energy: table", "energy: table\ncolour: red"),
            "a.yaml:21:1: error: unknown key \"colour\"; allowed is accelerator, clock_mhz, word_bits, "
            "pe_array, pe, "
            "networks, global_buffer, dram, vector_unit, energy");
  EXPECT_EQ(error_in_machine("energy: table", "energy: table\nclock_mhz: 5"),
            "a.yaml:21:1: error: duplicate key \"clock_mhz\"; allowed is each key once");
  EXPECT_EQ(error_in_machine("rows: 2, ", ""), "a.yaml:4:11: error: missing key \"rows\" (in pe_array)");
  EXPECT_EQ(error_in_machine("word_bits: 8\n", ""), "a.yaml:1:1: error: missing key \"word_bits\"");
  EXPECT_EQ(error_in_machine("rows: 2", "rows: 2.5"),
            "a.yaml:4:18: error: rows is \"2.5\"; allowed is a whole number, 1 to 4096 (in pe_array.rows)");
  EXPECT_EQ(error_in_machine("{words: 4}", "4"),
            "a.yaml:6:13: error: ifmap_rf is \"4\"; allowed is a map (in pe.ifmap_rf)");
  EXPECT_EQ(error_in_machine("gating: false", "gating: off"),
            "a.yaml:10:16: error: zero_gating is \"off\"; allowed is true or false (in pe.zero_gating)");
  EXPECT_EQ(error_in_machine("rows: 2", "rows: 0"),
            "a.yaml:4:18: error: rows is 0; allowed is 1 to 4096 (in pe_array.rows)");
  EXPECT_EQ(error_in_machine("words: 4", "words: 2147483649"),
            "a.yaml:6:21: error: words is 2147483649; allowed is 0 to 2147483648 (in pe.ifmap_rf.words)");
  EXPECT_EQ(error_in_machine("array_drained", "array_drain"),
            "a.yaml:13:62: error: barrier is \"array_drain\"; did you mean \"array_drained\"? (in "
            "networks.weight.barrier)");
  EXPECT_EQ(error_in_machine("delivery: multicast", "delivery: systolic"),
            "a.yaml:13:11: error: delivery of weight and ifmap differ; allowed is systolic for both or for "
            "none (in "
            "networks.weight)");
  EXPECT_EQ(error_in_machine("0.125", "0.0125"),
            "a.yaml:19:38: error: words_per_cycle is 0.0125; allowed are up to three decimals (in "
            "dram.words_per_cycle)");
  EXPECT_EQ(
      error_in_machine("0.125", "0"),
      "a.yaml:19:38: error: words_per_cycle is 0; allowed is 0.001 to 1000000 (in dram.words_per_cycle)");
  EXPECT_EQ(error_in_machine("rows: 2,", "rows: 2:"),
            "a.yaml:4:19: error: not YAML: end of map flow not found");
}

TEST(Accelerator, HasSumsStoredAndNewWordsLoadedUnlessItSaysOtherwise) {
  const Accelerator plain = read_machine(kAccelerator);
  EXPECT_EQ(plain.pe.shared_rf_words, 0);
  EXPECT_EQ(plain.pe.last_sum, LastSum::stored);
  EXPECT_EQ(plain.global_buffer.last_sum, LastSum::stored);
  EXPECT_EQ(plain.global_buffer.loads, TileLoad::new_words);
  const Accelerator other = read_machine(replaced(
      replaced(kAccelerator, "  ifmap_rf: {words: 4}\n  weight_rf: {words: 5}\n  psum_rf: {words: 6}\n",
               "  register_file: {words: 20}\n  last_sum: direct\n"),
      "weight_prefetch_words: 11", "weight_prefetch_words: 11, last_sum: direct, loads: whole_tiles"));
  EXPECT_EQ(other.pe.shared_rf_words, 20);
  EXPECT_EQ(other.pe.ifmap_rf_words, 0);
  EXPECT_EQ(other.pe.last_sum, LastSum::direct);
  EXPECT_EQ(other.global_buffer.last_sum, LastSum::direct);
  EXPECT_EQ(other.global_buffer.loads, TileLoad::whole);
  EXPECT_EQ(
      error_in_machine("psum_rf:", "register_file: {words: 20}\n  psum_rf:"),
      "a.yaml:6:3: error: unknown key \"ifmap_rf\"; allowed is register_file, last_sum, input_fifo_words, "
      "zero_gating, padding_macs (in pe)");
}

TEST(Accelerator, StoresPaddingUnlessItSaysThatItMakesIt) {
  const auto padding = [](const std::string& more) {
    return read_machine(
               replaced(kAccelerator, "weight_prefetch_words: 11", "weight_prefetch_words: 11" + more))
        .global_buffer.padding;
  };
  EXPECT_EQ(padding(""), PaddingZeros::stored);
  EXPECT_EQ(padding(", padding: stored"), PaddingZeros::stored);
  EXPECT_EQ(padding(", padding: made"), PaddingZeros::made);
  EXPECT_EQ(error_in_machine("weight_prefetch_words: 11", "weight_prefetch_words: 11, padding: none"),
            "a.yaml:18:79: error: padding is \"none\"; allowed is stored, made (in global_buffer.padding)");
}

TEST(Accelerator, PerformsMacsOnPaddingUnlessItSaysThatItSkipsThem) {
  EXPECT_EQ(read_machine(kAccelerator).pe.padding_macs, PaddingMacs::performed);
  const std::string skips = replaced(kAccelerator, "gating: false", "gating: false\n  padding_macs: skipped");
  EXPECT_EQ(read_machine(skips).pe.padding_macs, PaddingMacs::skipped);
  EXPECT_EQ(
      error_in_machine("gating: false", "gating: false\n  padding_macs: skipped\n  last_sum: direct"),
      "a.yaml:11:17: error: padding_macs is skipped where the last MAC's sum leaves directly; allowed is "
      "performed (in pe.padding_macs)");
}

TEST(Accelerator, MayLetTensorsStreamAndGoPastTheBuffer) {
  const Accelerator plain = read_machine(kAccelerator);
  EXPECT_FALSE(plain.global_buffer.ifmap_bypasses || plain.global_buffer.psum_bypasses);
  EXPECT_TRUE(plain.networks.neighbour_sums.c && plain.networks.neighbour_sums.r &&
              plain.networks.neighbour_sums.s);
  const std::string streams = replaced(replaced(replaced(kAccelerator, "{rows: 2, columns: 3}", "{pes: 7}"),
                                                "psum_rf: {words: 6}", "psum_rf: {words: 0}"),
                                       "sums_over: [C, R, S]", "sums_over: [C, S]");
  const Accelerator other = read_machine(
      replaced(streams, "weight_prefetch_words: 11",
               "weight_prefetch_words: 11, last_sum: direct, loads: every_tile, bypassed_by: [ifmap, psum]"));
  EXPECT_EQ(other.rows, 7);
  EXPECT_EQ(other.columns, 1);
  EXPECT_EQ(other.pe.psum_rf_words, 0);
  EXPECT_TRUE(other.networks.neighbour_sums.c && other.networks.neighbour_sums.s);
  EXPECT_FALSE(other.networks.neighbour_sums.r);
  EXPECT_EQ(other.global_buffer.loads, TileLoad::every);
  EXPECT_TRUE(other.global_buffer.ifmap_bypasses && other.global_buffer.psum_bypasses);
  EXPECT_EQ(
      error_in_machine("weight_prefetch_words: 11", "weight_prefetch_words: 11, bypassed_by: [psum]"),
      "a.yaml:18:84: error: psums go past a buffer that stores the last sum; allowed is this with last_sum: "
      "direct (in global_buffer.bypassed_by[0])");
  EXPECT_EQ(error_in_machine("weight_prefetch_words: 11",
                             "weight_prefetch_words: 11, padding: made, bypassed_by: [ifmap]"),
            "a.yaml:18:79: error: padding is made where the buffer is filled, which the ifmap goes past; "
            "allowed is stored (in global_buffer.padding)");
  const config::Node file = config::Node::parse(kAccelerator, "a.yaml");
  EXPECT_NO_THROW(check_overlap(plain, Overlap::total, file));
  EXPECT_NO_THROW(check_overlap(other, Overlap::processing, file));
  EXPECT_EQ(error_of([&] { check_overlap(other, Overlap::total, file); }),
            "a.yaml:1:1: error: overlap is total, which has no time for an ifmap that goes past the buffer; "
            "allowed is "
            "processing");
}

}  // namespace
}  // namespace weir
