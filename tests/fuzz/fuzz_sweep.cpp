#include "fuzz/harness.h"
#include "sweep/spec.h"

void weir::fuzz::read(const std::string& text) {
  const sweep::SweepSpec spec = sweep::read_sweep(config::Node::parse(text, kFile));
  std::size_t keys = spec.largest.size();
  for (const sweep::Axis& axis : spec.axes) {
    require(axis.size() > 0, "an axis without values");
    keys += axis.keys.size();
    for (const sweep::KeyValues& key : axis.keys) {
      require(key.values.size() == axis.size(), "keys that move together, of which one has more values");
      for (const std::size_t i : {std::size_t{0}, axis.size() - 1}) key.values.at(i);
    }
  }
  require(spec.coordinates().size() == keys, "other coordinates than keys that vary");
}
