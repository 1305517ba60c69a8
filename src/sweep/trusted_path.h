#pragma once

#include <filesystem>

namespace weir::sweep {

/// The absolute path, without symbolic links, of a file to be opened; it need not exist. Links are followed
/// only if they belong to this user or to root: in a folder that others may write to, theirs could lead to
/// any file of this user. Whoever opens the result follows no link. Throws DatabaseError for a link of
/// another user, and for an existing file that is no regular one.
std::filesystem::path trusted_path(const std::filesystem::path& path);

}  // namespace weir::sweep
