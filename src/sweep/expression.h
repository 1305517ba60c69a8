#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/node.h"

namespace weir::sweep {

/// What an expression may name.
struct Names {
  std::function<std::optional<double>(const std::string& name)> find;
  std::function<std::vector<std::string>()> all;  ///< for messages
};

/// A formula such as `pes * 2 <= 512` (1 when it holds, 0 when not): numbers, names, + - * / ^, comparisons,
/// && ||, ?: and the functions of muParser.
class Formula {
 public:
  /// Throws config::InputError at the text for what is no formula, for several formulas in one text (`a, b`)
  /// and for comparisons in a chain (`1 < a < 2` would compare 0 or 1 with 2).
  explicit Formula(const config::Node& text);
  ~Formula();
  Formula(Formula&&) noexcept;
  Formula& operator=(Formula&&) noexcept;

  /// Throws config::InputError at the text for a name that there is not (with the nearest), and for a value
  /// that is no finite number.
  double evaluate(const Names& names);

 private:
  struct Parser;
  [[noreturn]] void fail(const std::string& why) const;
  void set_names(const Names& names);

  config::Node text_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace weir::sweep
