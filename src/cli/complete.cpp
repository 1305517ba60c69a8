#include "cli/complete.h"

#include <algorithm>
#include <set>

#include "cli/options.h"
#include "config/resources.h"

namespace weir::cli {
namespace {

/// The kind whose folder an option's help names: `a name in configs/`.
std::optional<config::InputKind> kind_in(const std::string& help) {
  std::optional<config::InputKind> found;
  for (const auto& kind : config::kNamedKinds) {
    const bool names_it = help.find("in " + std::string(kind.folder) + "/") != std::string::npos;
    if (names_it && (!found || kind.folder.size() > found->folder.size())) found = kind;
  }
  return found;
}

/// What its help calls an option's value; empty for a switch.
std::string placeholder_of(const po::option_description& option) {
  if (option.semantic()->max_tokens() == 0) return "";
  const std::string name = option.semantic()->name();
  return name.substr(0, name.find(" (="));
}

bool is_path(const std::string& placeholder) { return placeholder == "FILE" || placeholder == "DIR"; }

class Candidates {
 public:
  explicit Candidates(std::string word) : word_(std::move(word)) {}

  void add(const std::string& candidate) {
    if (candidate.starts_with(word_)) found_.insert(candidate);
  }
  void add_names(const config::InputKind& kind, const std::string& before = "",
                 const std::string& behind = "") {
    for (const auto& name : config::names_of(kind)) add(before + name + behind);
  }
  void add_files() { has_files_ = true; }

  void add_values(const po::option_description& option) {
    const std::string placeholder = placeholder_of(option);
    if (placeholder == "ACCELERATOR:DATAFLOW") {
      const auto colon = word_.find(':');
      if (colon == std::string::npos) return add_names(config::kAccelerators, "", ":");
      return add_names(config::kDataflows, word_.substr(0, colon + 1));
    }
    if (const auto kind = kind_in(option.description())) {
      add_names(*kind, placeholder == "LIST" ? word_.substr(0, word_.rfind(',') + 1) : "");
      add_files();
    } else if (placeholder.find('|') != std::string::npos) {
      for (std::size_t begin = 0; begin <= placeholder.size();) {
        const auto end = std::min(placeholder.find('|', begin), placeholder.size());
        const std::string part = placeholder.substr(begin, end - begin);
        if (is_path(part)) {
          add_files();
        } else {
          add(part);
        }
        begin = end + 1;
      }
    } else if (is_path(placeholder)) {
      add_files();
    }
  }

  std::string text() const {
    std::string text;
    for (const auto& candidate : found_) text += candidate + "\n";
    return has_files_ ? text + ":files\n" : text;
  }

 private:
  std::string word_;
  std::set<std::string> found_;
  bool has_files_ = false;
};

}  // namespace

std::string completions(std::span<const Command> commands, const Arguments& words) {
  Candidates candidates(words.empty() ? "" : words.back());
  if (words.size() <= 1) {
    for (const Command& command : commands) candidates.add(std::string(command.name));
    for (const auto* option : {"--help", "--version"}) candidates.add(option);
    return candidates.text();
  }
  const auto is_it = [&](const Command& command) { return command.name == words.front(); };
  const auto command = std::find_if(commands.begin(), commands.end(), is_it);
  if (command == commands.end()) return "";
  const po::options_description options = command->options();
  const auto option_of = [&](const std::string& name) { return options.find_nothrow(name, false); };

  const std::string& before = words[words.size() - 2];
  const auto* asking = before.starts_with("--") ? option_of(before.substr(2)) : nullptr;
  if (asking != nullptr && !placeholder_of(*asking).empty()) {
    candidates.add_values(*asking);
    return candidates.text();
  }
  for (const auto& option : options.options()) candidates.add("--" + option->long_name());
  candidates.add("--help");
  if (words.size() == 2 && !command->argument.empty()) {
    if (const auto* argument = option_of(std::string(command->argument))) {
      candidates.add_values(*argument);
    } else {
      candidates.add_files();
    }
  }
  return candidates.text();
}

}  // namespace weir::cli
