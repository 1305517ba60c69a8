#include <fmt/format.h>
#include <sys/stat.h>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "config/data.h"
#include "config/printable.h"

namespace weir::config {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::string_view kNoText = "a control character or bytes that are no UTF-8; allowed is UTF-8 text";

/// Builds the tree from yaml-cpp's events, which still show anchors, tags, second documents and repeated
/// keys.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string file, bool places) : file_(std::move(file)), places_(places) {}

  DataPtr take() {
    if (root_) return std::move(root_);
    return std::make_unique<Node::Data>(Kind::empty, places_ ? Mark{file_, 1, 1} : Mark{file_}, nullptr);
  }
  Mark place(const YAML::Mark& mark) const {
    return places_ && mark.line >= 0 ? Mark{file_, mark.line + 1, mark.column + 1} : Mark{file_};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) throw InputError(place(mark), "a second document; allowed is one in a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(Kind::empty, mark, "", anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw InputError(place(mark), "an alias; allowed are values written out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    add(Kind::scalar, mark, tag, anchor, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back(add(Kind::list, mark, tag, anchor));
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back(add(Kind::map, mark, tag, anchor));
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  Node::Data* add(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& scalar = {}) {
    if (anchor != YAML::NullAnchor)
      throw InputError(place(mark), "an anchor; allowed are values written out");
    // "?" and "!" are yaml-cpp's marks of untagged plain and quoted values.
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw InputError(place(mark), fmt::format("tag {}; allowed are values without tags", in_quotes(tag)));
    }
    Node::Data* const parent = open_.empty() ? nullptr : open_.back();
    auto data = std::make_unique<Node::Data>(kind, place(mark), parent);
    data->scalar = scalar;
    if (end_of_text(scalar) != std::string::npos) fail_at(*data, kNoText);  // by an escape
    DataPtr& slot = slot_of(parent, *data);
    slot = std::move(data);
    return slot.get();
  }

  DataPtr& slot_of(Node::Data* parent, const Node::Data& data) {
    if (!parent) return root_;
    if (parent->kind == Kind::list || parent->keys.size() > parent->values.size()) {
      return parent->values.emplace_back();
    }
    if (data.kind != Kind::scalar) {
      fail_at(data, "a list or map that never ends or is a key; allowed are keys of plain words");
    }
    return parent->keys.emplace_back();
  }

  std::string file_;
  bool places_;
  DataPtr root_;
  std::vector<Node::Data*> open_;
};

/// yaml-cpp would take some control characters for the end of the text, and pass others on.
void check_characters(const std::string& text, const std::string& file) {
  const std::size_t bad = end_of_text(text);
  if (bad == std::string::npos) return;
  const auto before = std::string_view(text).substr(0, bad);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_begin = before.rfind('\n') + 1;
  throw InputError({file, static_cast<int>(line) + 1, static_cast<int>(bad - line_begin) + 1}, kNoText);
}

/// Whether the program's caller has opened it: a FIFO would wait for a writer who may never come.
bool is_open_already(const std::string& path) {
  return path == "/dev/stdin" || path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
}

void emit(YAML::Emitter& out, const Node::Data& data) {
  const bool flat = data.parent && std::all_of(data.values.begin(), data.values.end(),
                                               [](const DataPtr& value) { return value->values.empty(); });
  if (flat) out << YAML::Flow;
  switch (data.kind) {
    case Kind::empty:
      out << YAML::Null;
      break;
    case Kind::scalar:
      out << data.scalar;
      break;
    case Kind::list:
      out << YAML::BeginSeq;
      for (const DataPtr& value : data.values) emit(out, *value);
      out << YAML::EndSeq;
      break;
    case Kind::map:
      out << YAML::BeginMap;
      for (std::size_t i = 0; i < data.keys.size(); ++i) {
        out << YAML::Key << data.keys[i]->scalar << YAML::Value;
        emit(out, *data.values[i]);
      }
      out << YAML::EndMap;
      break;
  }
}

}  // namespace

std::string read_text(const std::string& path) {
  const auto cannot_read = [&path] {
    return InputError({path}, fmt::format("cannot read: {}", std::strerror(errno)));
  };
  struct ::stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode) &&
      !is_open_already(path))
    throw InputError({path}, "cannot read: neither a file nor /dev/stdin, which are what is allowed");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw cannot_read();
  std::string text(kMostBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get())) throw cannot_read();
  if (text.size() > kMostBytes) throw InputError({path}, "larger than 1 MiB, which is the most allowed");
  return text;
}

DataPtr parse_yaml(const std::string& text, const std::string& file, bool places) {
  check_characters(text, file);
  Builder builder(file, places);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& e) {
    throw InputError(builder.place(e.mark), "not YAML: " + e.msg);
  }
  return builder.take();
}

Node Node::parse(const std::string& text, const std::string& name,
                 const std::vector<std::string>& overrides) {
  DataPtr root = parse_yaml(text, name, true);
  for (const std::string& assignment : overrides) apply_override(*root, assignment);
  check_duplicates(*root);
  return Node(std::move(root));
}

Node Node::load(const std::string& path, const std::vector<std::string>& overrides) {
  return parse(read_text(path), path, overrides);
}

std::string Node::dump() const {
  YAML::Emitter out;
  emit(out, *data_);
  return std::string(out.c_str()) + "\n";
}

}  // namespace weir::config
