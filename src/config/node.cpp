#include "config/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "config/data.h"

namespace weir::config {
namespace {

/// The last part of the path: what a message calls the value.
std::string label(const Node::Data& data) {
  const std::string path = data.path();
  return path.empty() ? "the file" : path.substr(path.rfind('.') + 1);
}

[[noreturn]] void reject(const Node::Data& data, std::string_view value, std::string_view allowed) {
  fail_at(data, fmt::format("{} is {}; allowed is {}", label(data), value, allowed));
}

[[noreturn]] void reject(const Node::Data& data, std::string_view allowed) {
  switch (data.kind) {
    case Kind::empty:
      reject(data, "empty", allowed);
    case Kind::list:
      reject(data, "a list", allowed);
    case Kind::map:
      reject(data, "a map", allowed);
    case Kind::scalar:
      break;
  }
  reject(data, in_quotes(data.scalar), allowed);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes digits from the front; how many.
std::size_t take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto count = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(count);
  return count;
}

/// Takes -?(0|[1-9][0-9]*) from the front.
bool take_integer(std::string_view& text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const std::size_t digits = take_digits(text);
  return zero ? digits == 1 : digits > 0;
}

bool is_integer(std::string_view text) { return take_integer(text) && text.empty(); }

/// An integer, and maybe digits behind a point, and maybe an exponent.
bool is_number(std::string_view text) {
  if (!take_integer(text)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits(text) == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (take_digits(text) == 0) return false;
  }
  return text.empty();
}

bool is_name_letter(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
}

template <typename T>
T read_number(const Node::Data& data, bool (*is_right)(std::string_view), std::string_view kind, T least,
              T most) {
  constexpr std::size_t kLongest = 40;
  const std::string& text = data.scalar;
  const auto range = [&] { return fmt::format("{} to {}", least, most); };
  if (data.kind != Kind::scalar || text.size() > kLongest || !is_right(text))
    reject(data, fmt::format("{}, {}", kind, range()));
  T value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || value < least || value > most) reject(data, text, range());
  return value;
}

[[noreturn]] void unknown_key(const Node::Data& key, const std::vector<std::string>& allowed) {
  fail_at(key, fmt::format("unknown key {}{}", in_quotes(key.scalar), hint(key.scalar, allowed)));
}

}  // namespace

Node::Node(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

bool Node::is_map() const { return data_->kind == Kind::map; }
bool Node::is_list() const { return data_->kind == Kind::list; }
bool Node::is_scalar() const { return data_->kind == Kind::scalar; }

Map Node::map() const { return Map(*this); }

std::vector<Node> Node::list() const {
  if (!is_list()) reject(*data_, "a list");
  std::vector<Node> nodes;
  for (const DataPtr& value : data_->values) nodes.push_back(Node({data_, value.get()}));
  return nodes;
}

std::string Node::text() const {
  if (!is_scalar()) reject(*data_, "text");
  return data_->scalar;
}

std::string Node::name() const {
  constexpr std::size_t kLongest = 64;
  const std::string& text = data_->scalar;
  if (!is_scalar() || text.empty() || text.size() > kLongest ||
      !std::all_of(text.begin(), text.end(), is_name_letter)) {
    reject(*data_, "a name of up to 64 letters, digits, _ . and -");
  }
  return text;
}

bool Node::boolean() const {
  if (!is_scalar() || (data_->scalar != "true" && data_->scalar != "false")) reject(*data_, "true or false");
  return data_->scalar == "true";
}

std::int64_t Node::integer(std::int64_t least, std::int64_t most) const {
  return read_number(*data_, is_integer, "a whole number", least, most);
}

double Node::number(double least, double most) const {
  return read_number(*data_, is_number, "a number", least, most);
}

std::string Node::choice(const std::vector<std::string>& allowed) const {
  std::string word = text();
  if (std::find(allowed.begin(), allowed.end(), word) == allowed.end()) {
    fail_at(*data_, fmt::format("{} is {}{}", label(*data_), in_quotes(word), hint(word, allowed)));
  }
  return word;
}

const Mark& Node::mark() const { return data_->mark; }

std::optional<Node> Node::find(std::string_view path) const {
  const Data* data = data_.get();
  while (true) {
    if (data->kind != Kind::map) return std::nullopt;
    const std::size_t dot = path.find('.');
    const std::size_t i = data->index_of(path.substr(0, dot));
    if (i == data->keys.size()) return std::nullopt;
    data = data->values[i].get();
    if (dot == std::string_view::npos) return Node({data_, data});
    path.remove_prefix(dot + 1);
  }
}

Node Node::parent() const { return Node({data_, data_->parent}); }

InputError Node::error(std::string_view message) const { return error_at(*data_, message); }

void Node::fail(std::string_view message) const { throw error(message); }

Map::Map(const Node& node) : node_(node) {
  if (!node.is_map()) reject(*node.data_, "a map");
}

Node Map::at(const std::string& key) {
  if (auto value = find(key)) return *value;
  for (const DataPtr& other : node_.data_->keys) {
    const bool read = std::find(known_.begin(), known_.end(), other->scalar) != known_.end();
    if (!read && nearest(other->scalar, {key})) unknown_key(*other, {key});
  }
  node_.fail(fmt::format("missing key \"{}\"", key));
}

std::optional<Node> Map::find(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  const auto& data = node_.data_;
  const std::size_t i = data->index_of(key);
  if (i == data->keys.size()) return std::nullopt;
  return Node({data, data->values[i].get()});
}

std::vector<std::pair<Node, Node>> Map::entries() {
  all_read_ = true;
  const auto& data = node_.data_;
  std::vector<std::pair<Node, Node>> pairs;
  for (std::size_t i = 0; i < data->keys.size(); ++i) {
    pairs.emplace_back(Node({data, data->keys[i].get()}), Node({data, data->values[i].get()}));
  }
  return pairs;
}

void Map::finish() const {
  if (all_read_) return;
  for (const DataPtr& key : node_.data_->keys) {
    if (std::find(known_.begin(), known_.end(), key->scalar) == known_.end()) unknown_key(*key, known_);
  }
}

}  // namespace weir::config
