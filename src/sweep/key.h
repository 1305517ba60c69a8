#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "accelerator/accelerator.h"
#include "config/node.h"
#include "energy/energy_table.h"
#include "mapper/cost.h"
#include "report/run_result.h"
#include "workload/layer.h"

namespace weir::sweep {

/// The version of the model: a hash of the sources that results depend on. Results of another version are
/// computed anew.
std::string_view model_version();

using Digest = std::array<unsigned char, 32>;
Digest sha256(std::string_view bytes);

/// A SHA-256 of what something depends on.
struct Key {
  Digest bytes{};
  std::string hex() const;
  friend auto operator<=>(const Key&, const Key&) = default;
};
struct HashKey {
  std::size_t operator()(const Key& key) const;
};

/// Collects what a key depends on; equal only for the same values in the same order.
class KeyMaker {
 public:
  KeyMaker& add(std::string_view text);
  KeyMaker& add(const Key& key);
  KeyMaker& add_integer(std::int64_t value);
  KeyMaker& add_number(double value);
  Key key() const;

 private:
  std::string bytes_;
};

/// What is asked of the layers of a point, besides their machine and dataflow.
struct Request {
  Objective objective = Objective::energy;
  Overlap overlap = Overlap::processing;
  report::Fidelity fidelity = report::Fidelity::estimate;
  bool data = false;  ///< simulated words carry values, and outputs are verified
  friend bool operator==(const Request&, const Request&) = default;
};

// Every member goes in, but for names. `layer`: layers that compute alike are equal.
Key key_of(const Layer& layer);
Key key_of(const Accelerator& accelerator);
Key key_of(const energy::EnergyTable& table);
Key key_of(const Request& request);

/// A value of a file as JSON, with keys in order and numbers in one form: equal for equal contents.
nlohmann::json json_of(const config::Node& node);

}  // namespace weir::sweep
