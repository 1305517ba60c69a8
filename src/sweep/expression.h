#pragma once

#include <functional>
#include <map>
#include <string>

#include "config/node.h"

namespace weir::sweep {

/// The value of each name that an expression may use.
using Names = std::map<std::string, double>;

/// The value of a formula such as `pes * 2 <= 512` (1 when it holds, 0 when not): numbers, names, + - * / ^,
/// comparisons, && ||, ?: and the functions of muParser. Throws config::InputError at the text for a name
/// that is not in `names` (with the nearest), for what is no formula, and for a value that is no number.
double evaluate(const config::Node& text, const Names& names);

}  // namespace weir::sweep
