#include "fuzz/harness.h"
#include "sweep/spec.h"

void weir::fuzz::read(const std::string& text) {
  const sweep::SweepSpec spec = sweep::read_sweep(config::Node::parse(text, kFile));
  std::size_t keys = spec.largest.size();
  for (const sweep::Axis& axis : spec.axes) {
    require(axis.size() > 0, "an axis without values");
    keys += axis.keys.size();
  }
  require(spec.coordinates().size() == keys, "other coordinates than keys that vary");
}
