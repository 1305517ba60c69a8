#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "config/node.h"

namespace weir::report {

using Json = nlohmann::ordered_json;

/// A value of an input file, with numbers and booleans as such.
Json json_value(const config::Node& node);

/// The text of a result file; bytes that are no UTF-8 are replaced.
std::string json_text(const Json& json);

}  // namespace weir::report
