#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "support/program.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// A dataflow's name as code could spell it: `a-b`, `a_b` and `AB`.
std::vector<std::string> spellings(const std::string& name) {
  std::string snake = name, camel;
  bool starts_word = true;
  for (char& c : snake) {
    if (c == '-') c = '_';
    if (c != '_') camel += starts_word ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    starts_word = c == '_';
  }
  return {name, snake, camel};
}

/// Whether `text` has `word` with no letter or digit on either side.
bool has_word(const std::string& text, const std::string& word) {
  const auto is_letter = [&](std::size_t i) {
    return i < text.size() && std::isalnum(static_cast<unsigned char>(text[i]));
  };
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + word.size())) return true;
  }
  return false;
}

TEST(Source, FindsEverySpelling) {
  EXPECT_EQ(spellings("no-local-reuse"),
            (std::vector<std::string>{"no-local-reuse", "no_local_reuse", "NoLocalReuse"}));
  EXPECT_TRUE(has_word("x = no_local_reuse;", "no_local_reuse"));
  EXPECT_TRUE(has_word("ws", "ws"));
  EXPECT_FALSE(has_word("rows", "ws"));
}

/// Adding a dataflow is adding a folder: no code knows one by name.
TEST(Source, NamesNoDataflow) {
  const fs::path root = WEIR_SOURCE_DIR;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(root / "dataflows")) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  ASSERT_FALSE(names.empty());
  for (const auto& entry : fs::recursive_directory_iterator(root / "src")) {
    if (!entry.is_regular_file()) continue;
    const std::string text = test::read_file(entry.path()) + "\n" + entry.path().filename().string();
    for (const auto& name : names) {
      for (const auto& word : spellings(name))
        EXPECT_FALSE(has_word(text, word)) << entry.path() << " names " << word;
    }
  }
}

/// Files are opened in few places, which know what to do with what is no file.
TEST(Source, OpensFilesInFewPlaces) {
  const std::vector<std::string> words = {"ofstream", "ifstream", "fstream", "fopen",
                                          "freopen",  "rename",   "mkstemp", "O_CREAT"};
  const std::vector<std::string> allowed = {"config/yaml.cpp", "report/files.cpp", "sweep/lock.cpp"};
  const fs::path root = fs::path(WEIR_SOURCE_DIR) / "src";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string name = fs::relative(entry.path(), root).string();
    if (!entry.is_regular_file() || std::find(allowed.begin(), allowed.end(), name) != allowed.end())
      continue;
    const std::string text = test::read_file(entry.path());
    for (const auto& word : words) EXPECT_FALSE(has_word(text, word)) << name << " has " << word;
  }
}

}  // namespace
}  // namespace weir
