#include <string_view>

#include "config/node.h"
#include "fuzz/harness.h"

/// --set: the message says which, as there is no line.
void weir::fuzz::read(const std::string& text) {
  constexpr auto kBase = "name: a\npe: {words: 1, list: [1, {inner: 2}], empty: }\nbuffer: {banks: 25}\n";
  try {
    const auto file = config::Node::parse(kBase, kFile, {text});
    config::Node::parse(file.dump(), kFile);
  } catch (const config::InputError& error) {
    const std::string_view message = error.what();
    require(message.starts_with("--set ") || message.starts_with("input:"), error.what());
  }
}
