#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/key.h"
#include "config/resources.h"

namespace weir::cli {

/// A kind of file and the tables of its keys.
struct FileKeys {
  std::string_view kind;
  std::string_view about;
  config::InputKind folder;
  std::vector<config::KeyTable> tables;
};

/// All kinds of files.
std::vector<FileKeys> all_file_keys();

/// The tables as text for a console.
std::string keys_text(const FileKeys& file);
/// What a file says of the keys of its own map, with the comments of its lines, which tell where values are
/// from; and the defaults of those that it leaves out.
std::string keys_of_file(const FileKeys& file, const std::string& path);
/// As tables of Markdown, each below a line that says what its keys are of.
std::string keys_markdown(const FileKeys& file);
/// As a list of objects.
std::string keys_json(const FileKeys& file);
/// As a JSON schema, by which an editor completes and checks a file.
std::string keys_schema(const FileKeys& file);

}  // namespace weir::cli
