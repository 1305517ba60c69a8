#include "sweep/names.h"

#include <string_view>

#include "sweep/key.h"
#include "sweep/point.h"

namespace weir::sweep {
namespace {

using config::Node;

constexpr std::string_view kOriginal = "file.";

/// The number at a path below a map; nothing for what is no number.
std::optional<double> number_at(Node node, std::string_view path) {
  while (true) {
    if (!node.is_map()) return std::nullopt;
    const std::size_t dot = path.find('.');
    const auto below = node.map().find(std::string(path.substr(0, dot)));
    if (!below) return std::nullopt;
    node = *below;
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  if (!node.is_scalar()) return std::nullopt;
  const auto json = json_of(node);
  return json.is_number() ? std::optional(json.get<double>()) : std::nullopt;
}

std::optional<double> size_named(const std::string& name, const Accelerator& accelerator) {
  const MachineSize size = size_of(accelerator);
  if (name == "pes") return static_cast<double>(size.pes);
  if (name == "global_buffer_kb") return size.global_buffer_kb;
  if (name == "register_file_kb") return size.register_file_kb;
  if (name == "total_sram_kb") return size.total_sram_kb();
  return std::nullopt;
}

}  // namespace

Names names_of(const NamedMachine& machine) {
  const auto find = [machine](const std::string& name) -> std::optional<double> {
    if (name == "batch") return static_cast<double>(machine.batch);
    if (const auto size = size_named(name, machine.accelerator)) return size;
    if (name.starts_with(kOriginal)) return number_at(machine.original, name.substr(kOriginal.size()));
    return number_at(machine.file, name);
  };
  const auto all = [machine] {
    std::vector<std::string> names = {"batch", "pes", "global_buffer_kb", "register_file_kb",
                                      "total_sram_kb"};
    for (const std::string& path : machine.file.paths()) {
      if (number_at(machine.file, path)) names.push_back(path);
    }
    for (const std::string& path : machine.original.paths()) {
      if (number_at(machine.original, path)) names.push_back(std::string(kOriginal) + path);
    }
    return names;
  };
  return {find, all};
}

}  // namespace weir::sweep
