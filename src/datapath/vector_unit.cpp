#include "datapath/vector_unit.h"

#include <algorithm>
#include <stdexcept>

namespace weir::datapath {

VectorUnit::VectorUnit(const Layer& layer, const GlobalBufferSpec& buffer, const LayerData& dram)
    : layer_(layer),
      dram_(dram),
      tile_words_(static_cast<std::size_t>(std::max<std::int64_t>(buffer.banks * buffer.bank_words / 2, 1))),
      stream_(layer.vector_work.values),
      unit_(make_operator(layer.vector_work.values, *this)),
      outputs_(static_cast<std::size_t>(layer.vector_work.words_out), 0) {}

void VectorUnit::run(const std::function<void(double)>& progress) {
  const VectorWork& work = layer_.vector_work;
  while (!stream_.done()) {
    load();
    for (const std::int16_t word : operands_) unit_->take(word);
    drain();
    if (progress) progress(static_cast<double>(loaded_) / static_cast<double>(work.words_in));
  }
  if (loaded_ != work.words_in) throw std::logic_error("other words were loaded than the layer has");
  if (drained_ != work.words_out) throw std::logic_error("other words were drained than the layer has");
}

void VectorUnit::load() {
  operands_.clear();
  while (operands_.size() < tile_words_ && !stream_.done())
    operands_.push_back(dram_.ifmap[static_cast<std::size_t>(stream_.next())]);
  loaded_ += static_cast<std::int64_t>(operands_.size());
}

void VectorUnit::write(std::int64_t place, std::uint32_t word) {
  if (finished_.size() == tile_words_) drain();
  finished_.push_back({place, word});
}

void VectorUnit::drain() {
  for (const auto& [place, word] : finished_) outputs_[static_cast<std::size_t>(place)] = word;
  drained_ += static_cast<std::int64_t>(finished_.size());
  finished_.clear();
}

}  // namespace weir::datapath
