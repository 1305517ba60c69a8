#include "mapping/dataflow.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace weir {
namespace {

using test::error_of;
using test::replaced;

const std::string kRule = R"(dataflow: some
pe: [C, S=all, M<=16]
pe_columns: [M, P]
pe_rows: [P, C=2, R]
global_buffer: [[C, M], N, Q]
dram: [G, [N, P, M, C]]
keep: {weight: [global_buffer, pe]}
prefer: [cycles, energy]
)";

Dataflow read_rule(const std::string& text) { return read_dataflow(config::Node::parse(text, "d.yaml")); }

std::string error_in_rule(const std::string& from, const std::string& to) {
  return error_of([&] { read_rule(replaced(kRule, from, to)); });
}

TEST(Dataflow, ReadsLoopsGroupsAndLimits) {
  const Dataflow rule = read_rule(kRule);
  EXPECT_EQ(rule.name, "some");
  EXPECT_EQ(rule.find(Level::pe, Dimension::C)->limit, LoopRule::Limit::none);
  EXPECT_EQ(rule.find(Level::pe, Dimension::S)->limit, LoopRule::Limit::all);
  EXPECT_EQ(rule.find(Level::pe, Dimension::M)->limit, LoopRule::Limit::at_most);
  EXPECT_EQ(rule.find(Level::pe, Dimension::M)->value, 16);
  EXPECT_EQ(rule.find(Level::pe_rows, Dimension::C)->limit, LoopRule::Limit::exactly);
  EXPECT_EQ(rule.find(Level::pe, Dimension::Q), nullptr);
  const auto group = [&](Dimension d) { return rule.find(Level::global_buffer, d)->group; };
  EXPECT_EQ(group(Dimension::C), group(Dimension::M));
  EXPECT_LT(group(Dimension::M), group(Dimension::N));
  EXPECT_LT(group(Dimension::N), group(Dimension::Q));
  EXPECT_EQ(rule.weights_in_global_buffer, std::vector<bool>{true});
  EXPECT_EQ(rule.prefer, (std::vector<Preference>{Preference::cycles, Preference::energy}));
}

TEST(Dataflow, HasDefaults) {
  const Dataflow rule = read_rule("dataflow: none\n");
  EXPECT_TRUE(rule.at(Level::dram).empty());
  EXPECT_EQ(rule.weights_in_global_buffer, std::vector<bool>{false});
  EXPECT_EQ(rule.prefer, (std::vector<Preference>{Preference::active_pes, Preference::cycles}));
  EXPECT_EQ(read_rule("dataflow: any\nkeep: {weight: any}\n").weights_in_global_buffer,
            (std::vector<bool>{false, true}));
}

TEST(Dataflow, ReadsSeveralRules) {
  const Dataflow first = read_rule(R"(dataflow: some
rules:
  - {pe_rows: [C], pe: [P], keep: {weight: any}}
  - {pe_rows: [R]}
prefer: [energy]
)");
  EXPECT_NE(first.find(Level::pe, Dimension::P), nullptr);
  EXPECT_EQ(first.weights_in_global_buffer, (std::vector<bool>{false, true}));
  ASSERT_EQ(first.alternatives.size(), 1U);
  const Dataflow& second = first.alternatives.front();
  EXPECT_EQ(second.name, "some");
  EXPECT_EQ(second.mark.line, 4);
  EXPECT_EQ(second.find(Level::pe, Dimension::P), nullptr);
  EXPECT_NE(second.find(Level::pe_rows, Dimension::R), nullptr);
  EXPECT_EQ(second.weights_in_global_buffer, std::vector<bool>{false});
  EXPECT_EQ(second.prefer, std::vector<Preference>{Preference::energy});
}

TEST(Dataflow, RefusesBadRules) {
  EXPECT_EQ(error_of([] { read_rule("dataflow: some\nrules: []\n"); }),
            "d.yaml:2:8: error: no rules; allowed is one or more (in rules)");
  EXPECT_EQ(error_of([] { read_rule("dataflow: some\nrules: [{pe: [C]}]\npe: [C]\n"); }),
            "d.yaml:3:1: error: unknown key \"pe\"; allowed is dataflow, prefer, rules");
  EXPECT_EQ(error_of([] { read_rule("dataflow: some\nrules: [{pee: [C]}]\n"); }),
            "d.yaml:2:10: error: unknown key \"pee\"; did you mean \"pe\"? (in rules[0])");
}

TEST(Dataflow, RefusesBadLoops) {
  for (const std::string loop :
       {"X", "C=", "C<=", "C=0", "C=01", "C<3", "C=two", "CR", "C=99999999999", "c"}) {
    EXPECT_EQ(error_in_rule("[C, S=all", "[" + loop + ", S=all"),
              "d.yaml:2:6: error: loop \"" + loop +
                  "\"; allowed is D, D=all, D=number or D<=number with D one of G N M C P Q R S (in pe[0])");
  }
  EXPECT_EQ(error_in_rule("M<=16", "C"),
            "d.yaml:2:16: error: C stands twice at pe; allowed is once (in pe[2])");
  EXPECT_EQ(
      error_in_rule("[M, P]", "[M, R]"),
      "d.yaml:3:17: error: R at pe_columns; allowed are G, N, M, P, Q, as psums travel between rows only "
      "(in pe_columns[1])");
  EXPECT_EQ(error_in_rule("[P, C=2, R]", "[C=2, P, R]"),
            "d.yaml:4:16: error: P stands inside C; allowed is C, R and S innermost, as psums travel between "
            "neighbouring rows (in pe_rows[1])");
  EXPECT_EQ(
      error_in_rule("[P, C=2, R]", "[P, [C, R]]"),
      "d.yaml:4:14: error: loops in any order; allowed are they at dram and global_buffer (in pe_rows[1])");
}

TEST(Dataflow, RefusesBadKeys) {
  EXPECT_EQ(error_in_rule("dram:", "dramm:"),
            "d.yaml:6:1: error: unknown key \"dramm\"; did you mean \"dram\"?");
  EXPECT_EQ(error_in_rule("[global_buffer, pe]", "[global_buffer]"),
            "d.yaml:7:16: error: weight; allowed is [pe], [global_buffer, pe] or any (in keep.weight)");
  EXPECT_EQ(
      error_in_rule("cycles", "time"),
      "d.yaml:8:10: error: prefer[0] is \"time\"; allowed is active_pes, cycles, energy (in prefer[0])");
}

}  // namespace
}  // namespace weir
