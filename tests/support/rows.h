#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace weir::test {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The fields of a line of CSV, without quotes.
inline std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

/// A row of CSV by its columns' heads.
using CsvRow = std::map<std::string, std::string>;

inline std::vector<CsvRow> csv_rows(const std::string& text) {
  const auto lines = lines_of(text);
  const auto heads = fields_of(lines.at(0));
  std::vector<CsvRow> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto fields = fields_of(lines[i]);
    CsvRow& row = rows.emplace_back();
    for (std::size_t j = 0; j < heads.size(); ++j) row[heads[j]] = fields.at(j);
    if (fields.size() != heads.size()) row["surplus"] = lines[i];
  }
  return rows;
}

/// The words of a table's row, bars included; the first is its name.
inline std::vector<std::string> words_of_row(const std::string& table, const std::string& name,
                                             std::size_t occurrence = 0) {
  for (const auto& line : lines_of(table)) {
    if (!line.starts_with(name + " ") || occurrence-- > 0) continue;
    std::vector<std::string> words = {name};
    std::istringstream stream(line.substr(name.size()));
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
  }
  return {};
}

/// Half of what the last digit of a printed number counts.
inline double rounding_of(const std::string& number) {
  const auto point = number.find('.');
  double half = 0.5 + 1e-9;
  for (auto i = point; i != std::string::npos && i + 1 < number.size(); ++i) half /= 10;
  return half;
}

}  // namespace weir::test
