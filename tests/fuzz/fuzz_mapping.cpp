#include "fuzz/harness.h"
#include "mapping/check.h"

namespace weir::fuzz {
namespace {

/// AlexNet's conv3, four images.
Layer layer() {
  Layer conv;
  conv.name = "conv3";
  conv.bounds.values = {1, 4, 384, 256, 13, 13, 3, 3};
  conv.padding = {1, 1, 1, 1};
  conv.input = {13, 13};
  return conv;
}

/// Eyeriss, or with `systolic` a systolic array of its size.
Accelerator machine(bool systolic) {
  Accelerator accelerator;
  accelerator.word_bits = 16;
  accelerator.rows = 12;
  accelerator.columns = 14;
  if (systolic) accelerator.networks.delivery = DeliveryKind::systolic;
  accelerator.pe = {systolic ? 0 : 12, systolic ? 1 : 224, systolic ? 0 : 24, 1};
  accelerator.networks.psum_ports = {1, true};
  accelerator.global_buffer.banks = 25;
  accelerator.global_buffer.bank_words = 2048;
  accelerator.global_buffer.weight_prefetch_words = 4096;
  accelerator.dram = {1000, 0};
  return accelerator;
}

/// A mapping that is legal, or refused with its place.
void check(const Mapping& mapping, bool systolic) {
  try {
    check_mapping(mapping, layer(), machine(systolic));
  } catch (const config::InputError& error) {
    require(has_place(error.what()), error.what());
  }
}

}  // namespace

void read(const std::string& text) {
  const auto file = config::Node::parse(text, kFile);
  try {
    read_pins(file);
  } catch (const config::InputError& error) {
    require(has_place(error.what()), error.what());
  }
  const MappingFile mappings = read_mappings(file);
  for (const auto& [name, mapping] : mappings.mappings) {
    for (const bool systolic : {false, true}) check(mapping, systolic);
    const auto again = read_mappings(config::Node::parse(mapping_text({{"again", mapping}}), kFile));
    const Mapping& same = again.mappings.at("again");
    require(same.loops == mapping.loops && same.weights_in_global_buffer == mapping.weights_in_global_buffer,
            "a mapping that is written as another");
  }
}

}  // namespace weir::fuzz
