#include "account/accounting.h"

#include "mapping/capacity.h"

namespace weir::account {

using stats::Action;
using stats::Component;

Held held_by(const ProcessingElementSpec& pe) {
  Held held{};
  for (const Tensor tensor : kAllTensors)
    held[static_cast<std::size_t>(tensor)] = has_register_file(tensor, pe);
  return held;
}

Held held_by(const SystolicRoles& roles) {
  Held held{};
  held[static_cast<std::size_t>(roles.stationary)] = true;
  return held;
}

void Accounting::add(Tensor tensor, Flow flow, Component component, Action action, int times) {
  rules_.at(size_++) = {tensor, flow, component, action, static_cast<std::int8_t>(times)};
}

void Accounting::add_load(Tensor tensor) {
  add(tensor, Flow::fetched, Component::dram, Action::read);
  add(tensor, Flow::fetched, Component::global_buffer, Action::write);
}

void Accounting::add_drain() {
  add(Tensor::psum, Flow::returned, Component::global_buffer, Action::write);
  add(Tensor::psum, Flow::drained, Component::global_buffer, Action::read);
  add(Tensor::psum, Flow::drained, Component::dram, Action::write);
}

Accounting Accounting::of_array(const Accelerator& accelerator, const Held& held, bool keeps_weights) {
  Accounting rules;
  const auto is_held = [&](Tensor tensor) { return held[static_cast<std::size_t>(tensor)]; };
  for (const Tensor tensor : {Tensor::ifmap, Tensor::weight}) {
    const bool passes_by = tensor == Tensor::ifmap && accelerator.global_buffer.ifmap_bypasses;
    if (!passes_by) {
      rules.add_load(tensor);
      rules.add(tensor, Flow::made, Component::global_buffer, Action::write);
    }
    rules.add(tensor, Flow::sent, passes_by ? Component::dram : Component::global_buffer, Action::read);
    rules.add(tensor, Flow::received, Component::network, Action::hop);
    rules.add(tensor, Flow::stored, Component::register_file, Action::write);
    rules.add(tensor, Flow::passed, Component::neighbour, Action::hop);
  }
  if (!keeps_weights) {
    rules.add(Tensor::weight, Flow::sent, Component::dram, Action::read);
    rules.add(Tensor::weight, Flow::sent, Component::global_buffer, Action::write);
  }
  rules.add_load(Tensor::psum);
  rules.add(Tensor::psum, Flow::sent, Component::global_buffer, Action::read);
  rules.add(Tensor::psum, Flow::received, Component::network, Action::hop);
  rules.add(Tensor::psum, Flow::passed, Component::neighbour, Action::hop);
  rules.add(Tensor::psum, Flow::returned, Component::network, Action::hop);
  rules.add_drain();
  if (accelerator.global_buffer.last_sum == LastSum::direct) {
    rules.add(Tensor::psum, Flow::finished, Component::global_buffer, Action::read, -1);
    rules.add(Tensor::psum, Flow::finished, Component::global_buffer, Action::write, -1);
  }
  // A gated MAC has read its ifmap word, which is zero, and adds that zero; the weight it leaves alone.
  rules.add(Tensor::psum, Flow::used, Component::mac, Action::mac);
  rules.add(Tensor::psum, Flow::gated, Component::mac, Action::gated_mac);
  if (is_held(Tensor::ifmap)) {
    rules.add(Tensor::ifmap, Flow::used, Component::register_file, Action::read);
    rules.add(Tensor::ifmap, Flow::gated, Component::register_file, Action::read);
  }
  if (is_held(Tensor::weight)) rules.add(Tensor::weight, Flow::used, Component::register_file, Action::read);
  if (is_held(Tensor::psum)) {
    // The first MAC of a visit only writes its psum, and the accumulation at its end reads it once more;
    // unless the last MAC's sum goes there without being stored.
    for (const Action action : {Action::read, Action::write}) {
      for (const Flow flow : {Flow::used, Flow::gated})
        rules.add(Tensor::psum, flow, Component::register_file, action);
      if (accelerator.pe.last_sum == LastSum::direct) {
        for (const Flow flow : {Flow::returned, Flow::passed})
          rules.add(Tensor::psum, flow, Component::register_file, action, -1);
      }
    }
  }
  return rules;
}

Accounting Accounting::of_vector_unit() {
  Accounting rules;
  rules.add_load(Tensor::ifmap);
  rules.add(Tensor::ifmap, Flow::sent, Component::global_buffer, Action::read);
  rules.add_drain();
  return rules;
}

stats::Counts Accounting::counts(const Traffic& traffic) const {
  stats::Counts counts;
  for (std::size_t i = 0; i < size_; ++i) {
    const Rule& rule = rules_[i];
    counts.add(rule.component, rule.tensor, rule.action, rule.times * traffic(rule.tensor, rule.flow));
  }
  return counts;
}

double Accounting::price(Tensor tensor, Flow flow, const energy::EnergyTable& table) const {
  double price = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const Rule& rule = rules_[i];
    if (rule.tensor == tensor && rule.flow == flow)
      price += rule.times * table.price(rule.component, tensor, rule.action);
  }
  return price;
}

}  // namespace weir::account
