#include "sweep/expression.h"

#include <fmt/format.h>
#include <muParser.h>

#include <cmath>
#include <deque>
#include <string_view>

namespace weir::sweep {
namespace {

/// Letters of names: those of muParser and the dots of paths.
constexpr auto kNameLetters = "0123456789_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// What muParser accepts though it does not mean what it seems to mean; empty when there is nothing.
std::string_view misleading(std::string_view text) {
  std::vector<bool> compared = {false};  // in each pair of parentheses that is open
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view two = text.substr(i, 2);
    const char c = text[i];
    if (c == '(') {
      compared.push_back(false);
    } else if (c == ')') {
      if (compared.size() > 1) compared.pop_back();
    } else if (c == ',' && compared.size() == 1) {
      return "a comma between formulas; allowed is one formula, or && between conditions";
    } else if (two == "&&" || two == "||" || c == '?' || c == ':' || c == ',') {
      compared.back() = false;
    } else if (two == "<=" || two == ">=" || two == "==" || two == "!=" || c == '<' || c == '>') {
      if (compared.back()) return "comparisons in a chain; allowed is one, or && between two";
      compared.back() = true;
      if (two.back() == '=') ++i;
    } else if (c == '=') {
      return "= assigns; allowed is == to compare";
    }
  }
  return "";
}

}  // namespace

/// muParser with a variable for each name in the text, whatever it is.
struct Formula::Parser {
  mu::Parser parser;
  std::deque<double> values;
  std::vector<std::pair<std::string, double*>> names;

  static double* new_name(const char* name, void* self) {
    auto& parser = *static_cast<Parser*>(self);
    parser.names.emplace_back(name, &parser.values.emplace_back(1.0));
    return parser.names.back().second;
  }
};

Formula::~Formula() = default;
Formula::Formula(Formula&&) noexcept = default;
Formula& Formula::operator=(Formula&&) noexcept = default;

Formula::Formula(const config::Node& text) : text_(text), parser_(std::make_unique<Parser>()) {
  if (const auto why = misleading(text.text()); !why.empty()) fail(std::string(why));
  try {
    parser_->parser.DefineNameChars(kNameLetters);
    parser_->parser.SetVarFactory(Parser::new_name, parser_.get());
    parser_->parser.SetExpr(text.text());
  } catch (const mu::Parser::exception_type& error) {
    fail(error.GetMsg());
  }
}

void Formula::fail(const std::string& why) const {
  text_.fail(fmt::format("{} is no formula: {}", config::in_quotes(text_.text()), why));
}

void Formula::set_names(const Names& names) {
  for (auto& [name, place] : parser_->names) {
    const auto value = names.find(name);
    if (!value)
      text_.fail(fmt::format("no name {}{}", config::in_quotes(name), config::hint(name, names.all())));
    *place = *value;
  }
}

double Formula::evaluate(const Names& names) {
  double value = 0;
  int values = 0;
  try {
    // The first evaluation finds the names.
    if (parser_->names.empty()) parser_->parser.Eval();
    set_names(names);
    value = parser_->parser.Eval(values)[0];
  } catch (const mu::Parser::exception_type& error) {
    set_names(names);  // What comes of a name that is none is no better message.
    fail(error.GetMsg());
  }
  if (values != 1) fail("several values; allowed is one");
  if (!std::isfinite(value))
    text_.fail(fmt::format("{} is no finite number here", config::in_quotes(text_.text())));
  return value;
}

}  // namespace weir::sweep
