#include "sweep/expression.h"

#include <fmt/format.h>
#include <muParser.h>

#include <cmath>

namespace weir::sweep {
namespace {

/// Letters of names: those of muParser and the dots of paths.
constexpr auto kNameLetters = "0123456789_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

[[noreturn]] void fail(const config::Node& text, const mu::Parser::exception_type& error,
                       const Names& names) {
  if (error.GetCode() == mu::ecUNASSIGNABLE_TOKEN) {
    std::vector<std::string> known;
    for (const auto& [name, value] : names) known.push_back(name);
    text.fail(fmt::format("no name {}{}", config::in_quotes(error.GetToken()),
                          config::hint(error.GetToken(), known)));
  }
  text.fail(fmt::format("{} is no formula: {}", config::in_quotes(text.text()), error.GetMsg()));
}

}  // namespace

double evaluate(const config::Node& text, const Names& names) {
  double value = 0;
  try {
    mu::Parser parser;
    parser.DefineNameChars(kNameLetters);
    for (const auto& [name, number] : names) parser.DefineConst(name, number);
    parser.SetExpr(text.text());
    value = parser.Eval();
  } catch (const mu::Parser::exception_type& error) {
    fail(text, error, names);
  }
  if (!std::isfinite(value))
    text.fail(fmt::format("{} is no finite number here", config::in_quotes(text.text())));
  return value;
}

}  // namespace weir::sweep
