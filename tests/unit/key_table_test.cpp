#include <gtest/gtest.h>

#include "cli/file_keys.h"
#include "config/table.h"
#include "support/errors.h"

namespace weir::config {
namespace {

using test::error_of;

enum class Mode : std::uint8_t { slow, fast };

struct Inner {
  std::int64_t depth = 0;
  double rate = 0.5;
  bool r = true, s = false;
};

struct Machine {
  std::string name;
  Inner inner;
  Mode mode = Mode::slow;
  std::int64_t turbo = 0;
  std::int64_t lanes = 0;
  bool checked = false;
};

const Table<Machine>& table() {
  static const When kFast{"mode", {"fast"}, true, "of a fast one"};
  static const Table<Machine> kTable = {
      key<&Machine::name>("name", name(), {.help = "its name"}),
      key<&Machine::mode>("mode", word<Mode>({{"slow", Mode::slow}, {"fast", Mode::fast}}),
                          {.help = "how", .decides = true}),
      key<&Machine::inner, &Inner::depth>("inner.depth", whole(1, 64),
                                          {.help = "how deep", .unit = "words", .unless = "inner.lanes"}),
      key<Machine>("inner.lanes", whole(1, 8).allowed,
                   [](const Node& node, Machine& m) { m.lanes = 10 * node.integer(1, 8); },
                   {.help = "instead", .optional = true}),
      key<&Machine::inner, &Inner::rate>("inner.rate", number(0, 1), {.help = "rate", .optional = true}),
      key<&Machine::inner>("inner.sums", flags<Inner>({{"R", &Inner::r}, {"S", &Inner::s}}),
                           {.help = "sums", .optional = true}),
      key<&Machine::turbo>("turbo", whole(1, 9), {.help = "more", .when = {kFast}}),
      key<&Machine::checked>("checked", boolean(), {.help = "checks", .optional = true}),
  };
  return kTable;
}

Machine read(const std::string& text) {
  Machine machine;
  table().read(Node::parse(text, "f.yaml"), machine);
  return machine;
}

std::string read_error(const std::string& text) {
  return error_of([&] { read(text); });
}

const std::string kGood = "name: a\nmode: slow\ninner: {depth: 3}\n";

TEST(KeyTable, ReadsValuesAndKeepsDefaults) {
  const Machine plain = read(kGood);
  EXPECT_EQ(plain.name, "a");
  EXPECT_EQ(plain.inner.depth, 3);
  EXPECT_EQ(plain.inner.rate, 0.5);
  EXPECT_TRUE(plain.inner.r);
  EXPECT_FALSE(plain.inner.s);
  const Machine other =
      read("name: b\nmode: fast\nturbo: 9\nchecked: true\ninner: {depth: 64, rate: 1, sums: [S]}\n");
  EXPECT_EQ(other.mode, Mode::fast);
  EXPECT_EQ(other.turbo, 9);
  EXPECT_TRUE(other.checked);
  EXPECT_EQ(other.inner.rate, 1);
  EXPECT_FALSE(other.inner.r);
  EXPECT_TRUE(other.inner.s);
}

/// The default that is told is the one that is had: the struct's own.
TEST(KeyTable, TellsTheDefaultsOfTheStruct) {
  const auto fallback = [](const std::string& path) {
    for (const Key& key : table().keys()) {
      if (key.path == path) return key.required ? "required" : key.fallback;
    }
    return std::string("no such key");
  };
  EXPECT_EQ(fallback("inner.rate"), "0.5");
  EXPECT_EQ(fallback("inner.sums"), "[R]");
  EXPECT_EQ(fallback("checked"), "false");
  EXPECT_EQ(fallback("inner.lanes"), "");
  EXPECT_EQ(fallback("inner.depth"), "required");
}

TEST(KeyTable, RefusesValuesWithTheirPlaceAndRange) {
  EXPECT_EQ(read_error("name: a\nmode: slow\ninner: {depth: 65}\n"),
            "f.yaml:3:16: error: depth is 65; allowed is 1 to 64 (in inner.depth)");
  EXPECT_EQ(read_error("name: a\nmode: fats\ninner: {depth: 3}\nturbo: 1\n"),
            "f.yaml:2:7: error: mode is \"fats\"; did you mean \"fast\"? (in mode)")
      << "what decides comes first";
  EXPECT_EQ(read_error("name: a\nmode: slow\ninner: [3]\n"),
            "f.yaml:3:8: error: inner is a list; allowed is a map (in inner)");
  EXPECT_EQ(read_error("[a]"), "f.yaml:1:1: error: the file is a list; allowed is a map");
}

TEST(KeyTable, TellsAllMissingKeysAtOnce) {
  EXPECT_EQ(read_error("mode: fast\ninner: {rate: 1}\n"),
            "f.yaml:1:1: error: missing key \"name\"\n"
            "f.yaml:2:8: error: missing key \"depth\" (in inner)\n"
            "f.yaml:1:1: error: missing key \"turbo\"");
  EXPECT_EQ(read_error("name: a\nmode: slow\n"), "f.yaml:1:1: error: missing key \"inner.depth\"");
  EXPECT_EQ(read_error("inner: {depth: 1}\nturbo: 1\n"),
            "f.yaml:1:1: error: missing key \"name\"\nf.yaml:1:1: error: missing key \"mode\"")
      << "without what decides, no key is unknown";
}

TEST(KeyTable, RefusesKeysThatItHasNot) {
  EXPECT_EQ(read_error(kGood + "colour: 1\n"),
            "f.yaml:4:1: error: unknown key \"colour\"; allowed is name, mode, inner, checked");
  EXPECT_EQ(read_error("name: a\nmode: slow\ninner: {dpeth: 3}\n"),
            "f.yaml:3:9: error: unknown key \"dpeth\"; did you mean \"depth\"? (in inner)");
  EXPECT_EQ(read_error("name: a\nmdoe: slow\ninner: {depth: 3}\n"),
            "f.yaml:2:1: error: unknown key \"mdoe\"; did you mean \"mode\"?");
  EXPECT_EQ(read_error(kGood + "turbo: 1\n"),
            "f.yaml:4:1: error: unknown key \"turbo\"; allowed is name, mode, inner, checked")
      << "it is a fast one's";
}

TEST(KeyTable, AKeyMayTakeThePlaceOfAnother) {
  EXPECT_EQ(read("name: a\nmode: slow\ninner: {lanes: 2}\n").lanes, 20);
  EXPECT_EQ(read_error("name: a\nmode: slow\ninner: {lanes: 2, depth: 3}\n"),
            "f.yaml:3:19: error: unknown key \"depth\"; allowed is lanes, rate, sums (in inner)");
}

TEST(KeyTable, ShowsUnitRangeAndDefault) {
  const cli::FileKeys file{"machine", "a machine", kAccelerators, {{"", "", table().keys()}}};
  const std::string text = cli::keys_text(file);
  EXPECT_NE(text.find("inner.depth                           whole number, 1 to 64 (words); required\n"
                      "      how deep\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("number, 0 to 1; default 0.5\n"), std::string::npos) << text;
  EXPECT_NE(text.find("      of a fast one: more\n"), std::string::npos) << text;
  EXPECT_NE(cli::keys_markdown(file).find("| `inner.sums` | list of `R`, `S` | `[R]` | sums |\n"),
            std::string::npos)
      << cli::keys_markdown(file);
}

/// A reader that is written by hand and its table cannot drift apart.
TEST(TableMap, HoldsAReaderToItsTable) {
  const Node file = Node::parse("a: 1\nb: 2\n", "f.yaml");
  static const std::vector<Key> kKeys = {{.path = "a", .allowed = {}},
                                         {.path = "b", .allowed = {}, .required = false}};
  TableMap map(file, kKeys);
  EXPECT_EQ(map.at("a").text(), "1");
  EXPECT_THROW(map.find("c"), std::logic_error);
  EXPECT_EQ(error_of([&] { map.finish(); }), "f.yaml:2:1: error: unknown key \"b\"; allowed is a")
      << "the table has it, the reader does not ask for it";
  map.find("b");
  EXPECT_NO_THROW(map.finish());
}

}  // namespace
}  // namespace weir::config
