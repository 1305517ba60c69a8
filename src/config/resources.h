#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

/// The version of the program.
std::string_view version();

/// A kind of input: the folder with those that have a name. Such an input is a file, or, where `inside` is
/// not empty, a folder, and `inside` is where its file stands there.
struct InputKind {
  std::string_view folder;
  std::string_view inside = {};
};

inline constexpr InputKind kAccelerators{"configs"};
inline constexpr InputKind kEnergyTables{"configs/energy"};
inline constexpr InputKind kWorkloads{"workloads"};
inline constexpr InputKind kDataflows{"dataflows", "dataflow.yaml"};
inline constexpr InputKind kMappings{""};
inline constexpr InputKind kSweeps{"sweeps"};
inline constexpr InputKind kValidations{"validation"};
inline constexpr InputKind kNamedKinds[] = {kAccelerators, kEnergyTables, kWorkloads,
                                            kDataflows,    kSweeps,       kValidations};

/// What comes with the program: `../share/weir` or `share/weir` beside it, with links resolved. Nothing when
/// the program stands alone.
std::optional<std::string> shipped();

/// A file of what comes with the program. Throws std::runtime_error, which says where it was looked for.
std::string shipped_file(const std::string& path);

/// Where relative paths and names are looked for: the folders of $WEIR_PATH (colons between them), the
/// working directory, as an empty text, and shipped().
std::vector<std::string> roots();

/// Every path that an argument may mean, the first that exists being meant: the argument as it is; then in
/// each of roots() as a path, and as a name, with or without `.yaml`, in the kind's folder. One that is
/// absolute or begins with a dot is only itself.
std::vector<std::string> places(std::string_view argument, const InputKind& kind);

/// The file that an argument means, if there is one.
std::optional<std::string> find(std::string_view argument, const InputKind& kind);

/// The same; throws InputError that says not_found(). `asked_by` is whose argument it is, such as an option.
std::string find_file(std::string_view asked_by, const std::string& argument, const InputKind& kind);

/// Of an argument that means no file: where was looked, and which names are near.
std::string not_found(std::string_view argument, const InputKind& kind);

/// All names of a kind.
std::set<std::string> names_of(const InputKind& kind);

}  // namespace weir::config
