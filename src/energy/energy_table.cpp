#include "energy/energy_table.h"

#include <fmt/format.h>

#include <numeric>

#include "energy/keys.h"
#include "energy/price.h"

namespace weir::energy {
namespace {

using config::Map;
using config::Node;
using stats::Action;
using stats::Component;

std::int64_t register_file_words(const ProcessingElementSpec& pe, Tensor data) {
  if (pe.shared_rf_words > 0) return pe.shared_rf_words;
  switch (data) {
    case Tensor::ifmap:
      return pe.ifmap_rf_words;
    case Tensor::weight:
      return pe.weight_rf_words;
    default:
      return pe.psum_rf_words;
  }
}

/// What a component's prices for a tensor may depend on.
Hardware hardware_of(const Accelerator& accelerator, Component component, Tensor data) {
  using Sized = Hardware::Sized;
  const double word_bytes = static_cast<double>(accelerator.word_bits) / 8;
  const auto bytes = [&](std::int64_t words) { return static_cast<double>(words) * word_bytes; };
  const auto& buffer = accelerator.global_buffer;
  switch (component) {
    case Component::global_buffer:
      return {accelerator.word_bits, Sized::memory,
              bytes(buffer.banks * buffer.bank_words + buffer.weight_prefetch_words),
              bytes(buffer.bank_words)};
    case Component::register_file:
      return {accelerator.word_bits, Sized::memory, bytes(register_file_words(accelerator.pe, data)), 0};
    case Component::mac:
      return {accelerator.word_bits, Sized::datapath};
    default:
      return {accelerator.word_bits};
  }
}

/// One price for all actions, or a map by action.
void read_actions(const Node& node, const Hardware& hardware, Component component, Tensor data,
                  EnergyTable& table) {
  const std::vector<Action> actions = actions_of(component);
  if (is_price(node)) {
    const double price = read_price(node, hardware);
    for (const Action action : actions) table.set_price(component, data, action, price);
    return;
  }
  Map map = node.map();
  for (const Action action : actions) {
    const std::string name(stats::kActionNames[static_cast<std::size_t>(action)]);
    table.set_price(component, data, action, read_price(map.at(name), hardware));
  }
  map.finish();
}

/// One price, or a map by tensor; for `mac`, which has no tensors, by action.
void read_component(const Node& node, const Accelerator& accelerator, Component component,
                    EnergyTable& table) {
  const bool by_tensor = !is_price(node) && component != Component::mac;
  std::optional<Map> map;
  if (by_tensor) map = node.map();
  for (std::size_t d = 0; d < kTensors; ++d) {
    const Node prices = by_tensor ? map->at(std::string(kTensorNames[d])) : node;
    const Tensor data = static_cast<Tensor>(d);
    read_actions(prices, hardware_of(accelerator, component, data), component, data, table);
  }
  if (by_tensor) map->finish();
}

}  // namespace

std::vector<Action> actions_of(Component component) {
  switch (component) {
    case Component::network:
    case Component::neighbour:
      return {Action::hop};
    case Component::mac:
      return {Action::mac, Action::gated_mac};
    default:
      return {Action::read, Action::write};
  }
}

EnergyTable read_energy_table(const Node& root, const Accelerator& accelerator) {
  config::TableMap map(root, energy_keys());
  EnergyTable table;
  table.name = map.at("energy").name();
  table.unit = map.at("unit").choice({"MAC", "pJ"});
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    read_component(map.at(fmt::format("prices.{}", stats::kComponentNames[c])), accelerator,
                   static_cast<Component>(c), table);
  }
  map.finish();
  return table;
}

double Energy::total() const { return std::accumulate(by_component.begin(), by_component.end(), 0.0); }

Energy energy_of(const stats::Counts& counts, const EnergyTable& table) {
  Energy energy;
  counts.for_each([&](Component c, Tensor d, Action a, std::int64_t count) {
    energy.by_component[static_cast<std::size_t>(c)] += static_cast<double>(count) * table.price(c, d, a);
  });
  return energy;
}

}  // namespace weir::energy
