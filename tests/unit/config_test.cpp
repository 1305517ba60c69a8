#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/node.h"
#include "support/errors.h"
#include "support/program.h"

namespace weir::config {
namespace {

using test::error_of;

/// The error of parsing `text`.
std::string parse_error(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return error_of([&] { Node::parse(text, "f.yaml", overrides); });
}

/// The error of reading the value of key `a`.
template <typename Read>
std::string read_error(const std::string& value, Read read) {
  return error_of([&] { read(Node::parse("a: " + value, "f.yaml").map().at("a")); });
}

void read_percent(const Node& node) { node.integer(0, 100); }
void read_fraction(const Node& node) { node.number(0, 1); }

TEST(Node, ReadsValuesOfAllTypes) {
  Map map = Node::parse("{i: -5, q: \"7\", d: 2.5e-1, t: two words, b: true, l: [1, 2]}", "f.yaml").map();
  EXPECT_EQ(map.at("i").integer(-10, 10), -5);
  EXPECT_EQ(map.at("q").integer(-10, 10), 7);
  EXPECT_EQ(map.at("d").number(0, 1), 0.25);
  EXPECT_EQ(map.at("t").text(), "two words");
  EXPECT_TRUE(map.at("b").boolean());
  EXPECT_EQ(map.at("l").list()[1].integer(0, 9), 2);
  EXPECT_FALSE(map.find("none"));
  EXPECT_NO_THROW(map.finish());
}

TEST(Node, OutlivesItsParents) {
  const Node inner = Node::parse("a: {b: [0, x]}", "f.yaml").map().at("a").map().at("b").list()[1];
  EXPECT_EQ(error_of([&] { inner.fail("bad"); }), "f.yaml:1:12: error: bad (in a.b[1])");
}

TEST(Node, RefusesWhatIsNoWholeNumberInRange) {
  EXPECT_EQ(read_error("101", read_percent), "f.yaml:1:4: error: a is 101; allowed is 0 to 100 (in a)");
  EXPECT_EQ(read_error("-1", read_percent), "f.yaml:1:4: error: a is -1; allowed is 0 to 100 (in a)");
  EXPECT_EQ(read_error("99999999999999999999", read_percent),
            "f.yaml:1:4: error: a is 99999999999999999999; allowed is 0 to 100 (in a)");
  for (const std::string text : {"010", "0x10", "1e1", "1.0", "+1", "ten", "1_0", "--1"}) {
    EXPECT_EQ(read_error(text, read_percent),
              "f.yaml:1:4: error: a is \"" + text + "\"; allowed is a whole number, 0 to 100 (in a)");
  }
  EXPECT_EQ(read_error("[1]", read_percent),
            "f.yaml:1:4: error: a is a list; allowed is a whole number, 0 to 100 (in a)");
  EXPECT_EQ(read_error("~", read_percent),
            "f.yaml:1:4: error: a is empty; allowed is a whole number, 0 to 100 (in a)");
}

TEST(Node, RefusesWhatIsNoFiniteNumberInRange) {
  EXPECT_EQ(read_error("1.01", read_fraction), "f.yaml:1:4: error: a is 1.01; allowed is 0 to 1 (in a)");
  EXPECT_EQ(read_error("1e999", read_fraction), "f.yaml:1:4: error: a is 1e999; allowed is 0 to 1 (in a)");
  for (const std::string text : {".nan", ".inf", "nan", "inf", "0x1p-2", "00.5", ".5"}) {
    EXPECT_EQ(read_error(text, read_fraction),
              "f.yaml:1:4: error: a is \"" + text + "\"; allowed is a number, 0 to 1 (in a)");
  }
}

TEST(Node, RefusesOtherTypes) {
  EXPECT_EQ(read_error("yes", [](const Node& n) { n.boolean(); }),
            "f.yaml:1:4: error: a is \"yes\"; allowed is true or false (in a)");
  EXPECT_EQ(read_error("{b: 1}", [](const Node& n) { n.text(); }),
            "f.yaml:1:4: error: a is a map; allowed is text (in a)");
  EXPECT_EQ(read_error("b", [](const Node& n) { n.list(); }),
            "f.yaml:1:4: error: a is \"b\"; allowed is a list (in a)");
  EXPECT_EQ(read_error("[b]", [](const Node& n) { n.map(); }),
            "f.yaml:1:4: error: a is a list; allowed is a map (in a)");
  EXPECT_EQ(
      read_error("x/y", [](const Node& n) { n.name(); }),
      "f.yaml:1:4: error: a is \"x/y\"; allowed is a name of up to 64 letters, digits, _ . and - (in a)");
  EXPECT_EQ(error_of([] { Node::parse("[1]", "f.yaml").map(); }),
            "f.yaml:1:1: error: the file is a list; allowed is a map");
}

TEST(Node, HintsAtTheNearestChoice) {
  const auto choose = [](const Node& n) { n.choice({"multicast", "systolic"}); };
  EXPECT_EQ(read_error("multcast", choose),
            "f.yaml:1:4: error: a is \"multcast\"; did you mean \"multicast\"? (in a)");
  EXPECT_EQ(read_error("bus", choose),
            "f.yaml:1:4: error: a is \"bus\"; allowed is multicast, systolic (in a)");
}

TEST(Map, NamesUnknownAndMissingKeys) {
  const auto read = [](const std::string& text) {
    return error_of([&] {
      Map map = Node::parse(text, "f.yaml").map();
      Map inner = map.at("buffer").map();
      inner.at("banks");
      inner.find("words");
      inner.finish();
      map.finish();
    });
  };
  EXPECT_EQ(read("buffer:\n  bnaks: 3\n"),
            "f.yaml:2:3: error: unknown key \"bnaks\"; did you mean \"banks\"? (in buffer)");
  EXPECT_EQ(read("buffer:\n  banks: 3\n  wods: 3\n"),
            "f.yaml:3:3: error: unknown key \"wods\"; did you mean \"words\"? (in buffer)");
  EXPECT_EQ(read("buffer:\n  banks: 3\n  colour: 3\n"),
            "f.yaml:3:3: error: unknown key \"colour\"; allowed is banks, words (in buffer)");
  EXPECT_EQ(read("buffer: {words: 3}"), "f.yaml:1:9: error: missing key \"banks\" (in buffer)");
  EXPECT_EQ(read("# nothing\nother: 1\n"), "f.yaml:2:1: error: missing key \"buffer\"");
  EXPECT_EQ(read("buffer: {banks: 3}\nother: 1\n"),
            "f.yaml:2:1: error: unknown key \"other\"; allowed is buffer");
}

TEST(Parse, RefusesWhatYamlAllowsAndWeDoNot) {
  EXPECT_EQ(parse_error("a:\n  b: 1\n  c: 2\n  b: 3\n"),
            "f.yaml:4:3: error: duplicate key \"b\"; allowed is each key once (in a)");
  EXPECT_EQ(parse_error("a: &x 1\n"), "f.yaml:1:4: error: an anchor; allowed are values written out");
  EXPECT_EQ(parse_error("a: &x 1\nb: *x\n"), "f.yaml:1:4: error: an anchor; allowed are values written out");
  EXPECT_EQ(parse_error("a: !!int 1\n"),
            "f.yaml:1:4: error: tag \"tag:yaml.org,2002:int\"; allowed are values without tags");
  EXPECT_EQ(parse_error("a: 1\n---\nb: 1\n"),
            "f.yaml:2:1: error: a second document; allowed is one in a file");
  EXPECT_EQ(parse_error("[a]: 1\n"),
            "f.yaml:1:1: error: a list or map that never ends or is a key; allowed are keys of plain words");
  EXPECT_EQ(parse_error(std::string("a: 1\nb: \0", 9)),
            "f.yaml:2:4: error: a control character or bytes that are no UTF-8; allowed is UTF-8 text");
}

TEST(Parse, ReportsSyntaxErrorsInOneLine) {
  EXPECT_EQ(parse_error("a: [1, 2\nb: 3\n"), "f.yaml:2:2: error: not YAML: end of sequence flow not found");
  EXPECT_EQ(parse_error("a: {b: 1\n"), "f.yaml:2:1: error: not YAML: end of map flow not found");
  EXPECT_EQ(parse_error(std::string(3000, '[')).substr(0, 9), "f.yaml:1:");
}

TEST(Parse, AnEmptyFileIsNoMap) {
  for (const char* text : {"", "# only a comment\n"}) {
    EXPECT_EQ(error_of([&] { Node::parse(text, "f.yaml").map(); }),
              "f.yaml:1:1: error: the file is empty; allowed is a map");
  }
}

TEST(Load, NamesFilesThatCannotBeRead) {
  const auto load_error = [](const std::string& path) { return error_of([&] { Node::load(path); }); };
  EXPECT_EQ(load_error("/no/such.yaml"), "/no/such.yaml: error: cannot read: No such file or directory");
  EXPECT_EQ(load_error("/tmp"), "/tmp: error: cannot read: Is a directory");
}

/// A FIFO would wait for ever, and a device need not end.
TEST(Load, WaitsForNobody) {
  const test::TemporaryFolder folder;
  const std::string fifo = folder.path() / "fifo", link = folder.path() / "link";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0666), 0);
  std::filesystem::create_symlink("fifo", link);
  for (const std::string& path : {fifo, link, std::string("/dev/zero"), std::string("/dev/null")}) {
    EXPECT_EQ(error_of([&] { Node::load(path); }),
              path + ": error: cannot read: neither a file nor /dev/stdin, which are what is allowed");
  }
}

/// What the caller has opened may be a pipe, as of a shell's `<(...)`.
TEST(Load, ReadsWhatTheCallerHasOpened) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "a: 1", 4), 4);
  ::close(ends[1]);
  EXPECT_EQ(Node::load("/dev/fd/" + std::to_string(ends[0])).dump(), "a: 1\n");
}

TEST(Load, RefusesMoreThanAMebibyte) {
  const test::TemporaryFolder folder;
  const std::string file = folder.write("f.yaml", std::string((1 << 20) + 1, '#'));
  EXPECT_EQ(error_of([&] { Node::load(file); }),
            file + ": error: larger than 1 MiB, which is the most allowed");
}

const char* const kTree = "name: x\nbuffer: {banks: 3, words: 4}\n";

TEST(Override, ReplacesAndAddsValues) {
  Map map = Node::parse(kTree, "f.yaml", {"buffer.banks=32", "sizes=[1, 2]"}).map();
  EXPECT_EQ(map.at("buffer").map().at("banks").integer(0, 99), 32);
  EXPECT_EQ(map.at("sizes").list().size(), 2U);
  EXPECT_EQ(Node::parse(kTree, "f.yaml", {"buffer.banks=32", "empty="}).dump(),
            "name: x\nbuffer: {banks: 32, words: 4}\nempty: ~\n");
}

TEST(Override, StandsInMessages) {
  const auto banks = [](const std::string& assignment) {
    return error_of([&] {
      Map buffer = Node::parse(kTree, "f.yaml", {assignment}).map().at("buffer").map();
      buffer.at("banks").integer(1, 64);
      buffer.at("words");
      buffer.finish();
    });
  };
  EXPECT_EQ(banks("buffer.banks=65"),
            "--set buffer.banks=65: error: banks is 65; allowed is 1 to 64 (in buffer.banks)");
  EXPECT_EQ(banks("buffer.bnaks=1"),
            "--set buffer.bnaks=1: error: unknown key \"bnaks\"; did you mean \"banks\"? (in buffer)");
  EXPECT_EQ(banks("bufer.banks=1"), "--set bufer.banks=1: error: no key \"bufer\"; did you mean \"buffer\"?");
  EXPECT_EQ(banks("dram.words=1"), "--set dram.words=1: error: no key \"dram\"; allowed is name, buffer");
  EXPECT_EQ(banks("name.words=1"), "--set name.words=1: error: \"name\" is not a map");
  EXPECT_EQ(banks("buffer.banks"),
            "--set buffer.banks: error: no key or no value; allowed is key=value, such as a.b.c=1");
  EXPECT_EQ(banks("buffer.banks={a: 1, a: 2}"),
            "--set buffer.banks={a: 1, a: 2}: error: duplicate key \"a\"; allowed is each key once (in "
            "buffer.banks)");
  EXPECT_EQ(banks("buffer.banks=[1"),
            "--set buffer.banks=[1: error: a list or map that never ends or is a key; allowed are keys of "
            "plain words");
}

TEST(Nearest, AllowsOneSlipInShortWordsAndMoreInLongOnes) {
  EXPECT_EQ(nearest("eyeris", {"eyeriss", "tpu"}), "eyeriss");
  EXPECT_EQ(nearest("bnaks", {"bank_words", "banks"}), "banks");
  EXPECT_EQ(nearest("X", {"G", "N"}), std::nullopt);
  EXPECT_EQ(nearest("ifmap", {"weight", "psum"}), std::nullopt);
  EXPECT_EQ(nearest("anything", {}), std::nullopt);
}

}  // namespace
}  // namespace weir::config
