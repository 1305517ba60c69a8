#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace weir::cli {

/// What may stand in the place of the last of the words behind the program's name, a line each, for the
/// shell's completion. A last line `:files` says that it may be a path, too.
std::string completions(std::span<const Command> commands, const Arguments& words);

}  // namespace weir::cli
