// How libFuzzer changes inputs that are YAML: as trees, and at times as bytes.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>

#include "config/node.h"
#include "fuzz/tree.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

using weir::fuzz::Tree;

std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

std::size_t put(const Tree& tree, std::uint8_t* to, std::size_t most) {
  const std::string text = tree.text();
  const std::size_t size = std::min(text.size(), most);
  std::memcpy(to, text.data(), size);
  return size;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  constexpr unsigned kBytesEvery = 8;
  std::mt19937 random(seed);
  if (random() % kBytesEvery == 0) return LLVMFuzzerMutate(data, size, most);
  try {
    Tree tree(text_of(data, size));
    for (auto changes = 1 + random() % 3; changes > 0; --changes) tree.mutate(random);
    return put(tree, data, most);
  } catch (const weir::config::InputError&) {
    return LLVMFuzzerMutate(data, size, most);
  }
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second, std::size_t second_size,
                                                 std::uint8_t* out, std::size_t most, unsigned seed) {
  std::mt19937 random(seed);
  try {
    Tree tree(text_of(first, first_size));
    tree.take_from(Tree(text_of(second, second_size)), random);
    return put(tree, out, most);
  } catch (const weir::config::InputError&) {
    return 0;
  }
}
