// The chip as a SystemC module: another DRAM behind its TLM socket, worked out by hand; and the machine
// without the kernel, in two threads at once.
#include "systemc/chip.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_target_socket.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include "evaluate/evaluate.h"
#include "support/one_pe.h"
#include "support/random_case.h"
#include "support/random_product.h"
#include "systemc/clocking.h"
#include "systemc/simulator.h"

namespace weir {
namespace {

using enum Dimension;

constexpr int kPicosecondsOfACycle = 5000;  // 200 MHz

/// A DRAM whose requests all take as long, however much they move, and never wait for one another.
struct ConstantDram : sc_core::sc_module {
  struct Request {
    bool is_write;
    std::uint64_t address;  ///< bytes
    unsigned bytes;
    std::int64_t at;  ///< cycle
    friend bool operator==(const Request&, const Request&) = default;
  };
  tlm_utils::simple_target_socket<ConstantDram> socket;
  std::int64_t cycles;
  bool refuses = false;
  std::vector<Request> requests;

  explicit ConstantDram(std::int64_t cycles_of_a_request)
      : sc_module(sc_core::sc_gen_unique_name("constant_dram")),
        socket("socket"),
        cycles(cycles_of_a_request) {
    socket.register_b_transport(this, &ConstantDram::transport);
  }
  void transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay) {
    const auto at = (sc_core::sc_time_stamp() + delay).value() / kPicosecondsOfACycle;
    requests.push_back({request.is_write(), request.get_address(), request.get_data_length(),
                        static_cast<std::int64_t>(at)});
    delay += sc_core::sc_time(static_cast<double>(cycles * kPicosecondsOfACycle), sc_core::SC_PS);
    request.set_response_status(refuses ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE);
  }
};

/// One PE, two outputs under two taps, in two buffer tiles of an output each; weights stay in the buffer.
struct TwoTiles {
  evaluate::Job job;
  Accelerator accelerator = test::one_pe({2, 2, 1, 0, false}, {8, 16, 2});

  TwoTiles() {
    Layer& layer = job.layer;
    layer.name = "two tiles";
    layer.bounds.values.fill(1);
    layer.bounds[Q] = 2;
    layer.bounds[S] = 2;
    layer.input = {1, 3};
    job.mapping.at(Level::dram) = {{Q, 2}};
    job.mapping.at(Level::pe) = {{S, 2}};
    job.mapping.weights_in_global_buffer = true;
    job.overlap = Overlap::total;
  }
};

TEST(Chip, AsksAnyDramBehindItsSocket) {
  TwoTiles c;
  ConstantDram dram(10);
  systemc::Simulator simulator(c.accelerator, [&](systemc::Chip& chip) { chip.dram.bind(dram.socket); });
  const stats::LayerStats s = simulator.run(c.job);
  EXPECT_EQ(s.wrong_outputs, 0);
  // Words of 2 bytes: ifmap 0 to 2, weights 3 and 4, psums 5 and 6. Of a tile: 10 cycles until its words are
  // there; two words into the PE, 2 cycles; two MACs, the first when the second word is in; a psum added and
  // sent, 2 cycles. The second tile needs one new ifmap word, asked for with the drain of the first, which
  // takes as long.
  const std::vector<ConstantDram::Request> expected = {
      {false, 0, 8, 0}, {true, 10, 2, 16}, {false, 2, 2, 16}, {true, 12, 2, 31}};
  EXPECT_EQ(dram.requests.size(), expected.size());
  for (std::size_t i = 0; i < std::min(expected.size(), dram.requests.size()); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(dram.requests[i].is_write, expected[i].is_write);
    EXPECT_EQ(dram.requests[i].address, expected[i].address);
    EXPECT_EQ(dram.requests[i].bytes, expected[i].bytes);
    EXPECT_EQ(dram.requests[i].at, expected[i].at);
  }
  EXPECT_EQ(s.cycles, 41);
}

TEST(Chip, SaysThatDramRefuses) {
  TwoTiles c;
  ConstantDram dram(10);
  dram.refuses = true;
  systemc::Simulator simulator(c.accelerator, [&](systemc::Chip& chip) { chip.dram.bind(dram.socket); });
  EXPECT_THROW(simulator.run(c.job), std::logic_error);
}

TEST(Chip, SaysWhatTheKernelCannotHold) {
  const sc_core::sc_time period = systemc::clock_period(0.001);  // 10^9 ps
  EXPECT_EQ(systemc::cycles_in(systemc::time_of(9'000'000'000, period), period), 9'000'000'000);
  EXPECT_THROW(systemc::time_of(10'000'000'000, period), std::overflow_error);
  EXPECT_EQ(systemc::length_of(2'147'483'647, 2), 4'294'967'294U);
  EXPECT_THROW(systemc::length_of(2'147'483'648, 2), std::overflow_error);
}

TEST(Evaluate, SimulatesAnyNumberOfMachinesOneAfterTheOtherAndInThreads) {
  constexpr std::uint64_t kCases = 40;
  std::vector<evaluate::Job> jobs;
  std::vector<Accelerator> accelerators;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    const test::RandomCase drawn = test::draw_case(seed);
    jobs.push_back({drawn.layer, drawn.mapping, drawn.overlap});
    accelerators.push_back(drawn.accelerator);
  }
  const auto run_all = [&](std::vector<stats::LayerStats>& results) {
    for (std::size_t i = 0; i < jobs.size(); ++i)
      results.push_back(evaluate::simulate(jobs[i], accelerators[i]));
  };
  std::vector<stats::LayerStats> first, second, alone;
  std::thread other([&] { run_all(second); });
  run_all(first);
  other.join();
  run_all(alone);
  EXPECT_EQ(first, alone);
  EXPECT_EQ(second, alone);
  for (const stats::LayerStats& each : alone) EXPECT_EQ(each.verification, stats::Verification::passed);
}

TEST(Evaluate, SimulatesAsTheChipDoes) {
  constexpr std::uint64_t kCases = 60;
  std::vector<test::RandomCase> cases;
  std::vector<std::unique_ptr<systemc::Simulator>> chips;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    cases.push_back(seed % 2 == 0 ? test::draw_case(seed) : test::draw_systolic_case(seed));
    chips.push_back(std::make_unique<systemc::Simulator>(cases.back().accelerator));
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE("seed " + std::to_string(i) + ": " + test::describe(cases[i]));
    const evaluate::Job job{cases[i].layer, cases[i].mapping, cases[i].overlap};
    EXPECT_EQ(evaluate::simulate(job, cases[i].accelerator), chips[i]->run(job));
  }
}

}  // namespace
}  // namespace weir
