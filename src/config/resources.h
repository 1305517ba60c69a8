#pragma once

#include <set>
#include <string>
#include <string_view>

namespace weir::config {

/// The version of the program.
std::string_view version();

/// The folder that holds configs/, dataflows/ and workloads/: $WEIR_HOME, or else the source tree it was
/// built from.
std::string home();

/// The file that an argument means: itself when it names an existing file, else `<folder>/<argument>.yaml`
/// below the working directory or home(). Throws InputError with the nearest names that exist.
std::string find_file(std::string_view option, const std::string& argument, const std::string& folder);

/// Names of the .yaml files in a folder that find_file looks into.
std::set<std::string> names_in(const std::string& folder);

}  // namespace weir::config
