#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "config/node.h"
#include "workload/layer.h"

namespace weir::sweep {

/// The version of the model: a hash of the sources that results depend on. Results of another version are
/// computed anew.
std::string_view model_version();

/// SHA-256 in hexadecimal digits.
std::string sha256(std::string_view text);

/// A value of a file as JSON, with keys in order and numbers in one form: equal for equal contents.
nlohmann::json json_of(const config::Node& node);

/// A layer without its name: layers that compute alike are equal.
std::string canonical(const Layer& layer);

}  // namespace weir::sweep
