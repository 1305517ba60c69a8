#include <fmt/format.h>

#include <algorithm>

#include "cli/command.h"
#include "cli/file_keys.h"
#include "cli/options.h"
#include "config/printable.h"

namespace weir::cli {

po::options_description keys_options() {
  std::string kinds;
  for (const FileKeys& file : all_file_keys())
    kinds += fmt::format("{}{}", kinds.empty() ? "" : "|", file.kind);
  po::options_description options("options");
  options.add_options()("kind", po::value<std::string>()->value_name(kinds), "the kind of file; else all");
  options.add_options()("file", po::value<std::string>()->value_name("FILE"),
                        "a file of this kind, or its name: its values and where they are from")(
      "json", po::bool_switch(), "print a list of objects instead of the table")(
      "schema", po::bool_switch(), "print the JSON schema of one kind, for editors")(
      "markdown", po::bool_switch(), "print the tables as docs/file-formats.md has them");
  return options;
}

int keys_command(const Arguments& arguments) {
  const auto values = parse_options("weir keys [KIND] [OPTIONS]", keys_options(), arguments, "kind");
  if (!values) return 0;
  std::vector<FileKeys> files = all_file_keys();
  if (const auto kind = given(*values, "kind")) {
    std::vector<std::string> kinds;
    for (const FileKeys& file : files) kinds.emplace_back(file.kind);
    if (std::find(kinds.begin(), kinds.end(), *kind) == kinds.end())
      throw UsageError(
          fmt::format("no kind of file {}{}", config::in_quotes(*kind), config::hint(*kind, kinds)));
    std::erase_if(files, [&](const FileKeys& file) { return file.kind != *kind; });
  }
  struct Form {
    const char* option;
    std::string (*print)(const FileKeys&);
  };
  const Form* chosen = nullptr;
  static constexpr Form kForms[] = {
      {"json", keys_json}, {"schema", keys_schema}, {"markdown", keys_markdown}};
  for (const Form& form : kForms) {
    if (!(*values)[form.option].as<bool>()) continue;
    if (chosen != nullptr)
      throw UsageError(fmt::format("--{} and --{}; allowed is one of them", chosen->option, form.option));
    if (files.size() != 1)
      throw UsageError(fmt::format("--{} of all kinds; allowed is it of one", form.option));
    chosen = &form;
  }
  if (const auto name = given(*values, "file")) {
    if (chosen != nullptr)
      throw UsageError(fmt::format("--file and --{}; allowed is one of them", chosen->option));
    if (files.size() != 1) throw UsageError("--file of all kinds; allowed is it of one");
    fmt::print("{}", keys_of_file(files.front(), config::find_file("--file", *name, files.front().folder)));
    return 0;
  }
  for (const FileKeys& file : files) {
    if (&file != &files.front()) fmt::print("\n");
    fmt::print("{}", chosen != nullptr ? chosen->print(file) : keys_text(file));
  }
  return 0;
}

}  // namespace weir::cli
