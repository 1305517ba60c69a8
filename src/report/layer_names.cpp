#include "report/layer_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace weir::report {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_separator(char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }

/// A run of letters, or of other characters.
struct Run {
  std::string text;
  std::size_t kept;
};

std::vector<Run> runs_of(const std::string& name) {
  std::vector<Run> runs;
  for (const char c : name) {
    if (runs.empty() || is_letter(runs.back().text.front()) != is_letter(c)) runs.push_back({"", 0});
    runs.back().text += c;
  }
  return runs;
}

/// Lets the words grow letter by letter, the last word first, as far as there is room; empty if there is none
/// for a letter of each.
std::string with_cut_words(const std::string& name, std::size_t width) {
  std::vector<Run> runs = runs_of(name);
  std::size_t used = 0;
  for (Run& run : runs) used += run.kept = is_letter(run.text.front()) ? 1 : run.text.size();
  if (used > width) return "";
  for (bool grows = true; grows;) {
    grows = false;
    for (auto run = runs.rbegin(); run != runs.rend() && used < width; ++run) {
      if (run->kept == run->text.size()) continue;
      ++run->kept;
      ++used;
      grows = true;
    }
  }
  std::string text;
  for (const Run& run : runs) text += run.text.substr(0, run.kept);
  return text;
}

std::string last_of(const std::string& name, std::size_t width) {
  return name.size() <= width ? name : name.substr(name.size() - width);
}

std::string short_name(const std::string& name, std::size_t width) {
  if (name.size() <= width) return name;
  if (std::string whole = with_cut_words(name, width); !whole.empty()) return whole;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (!is_separator(name[i - 1])) continue;
    const std::string end = with_cut_words(name.substr(i), width - 1);
    if (!end.empty()) return '~' + end;
  }
  return '~' + last_of(name, width - 1);
}

}  // namespace

std::vector<std::string> short_layer_names(const std::vector<std::string>& names, std::size_t width) {
  std::map<std::string, std::size_t> rows;
  std::vector<std::string> texts;
  for (const auto& name : names) ++rows[texts.emplace_back(short_name(name, width))];
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (rows[texts[i]] == 1 || texts[i] == names[i]) continue;
    const std::string number = fmt::format("#{}~", i + 1);
    texts[i] = number + last_of(names[i], width - std::min(width, number.size()));
  }
  return texts;
}

}  // namespace weir::report
