#include "datapath/pe_array.h"

#include <algorithm>
#include <stdexcept>

#include "mapping/capacity.h"
#include "mapping/footprint.h"

namespace weir::datapath {

using enum Dimension;

PeArray::PeArray(LayerValues& layer, GlobalBuffer& buffer, const Accelerator& accelerator)
    : layer_(layer),
      buffer_(buffer),
      spec_(accelerator),
      pes_(static_cast<std::size_t>(layer.shapes.pes())),
      walker_(layer.nest),
      ifmap_planner_(Tensor::ifmap, layer.layer, layer.shapes.pes(),
                     has_register_file(Tensor::ifmap, accelerator.pe)),
      weight_planner_(Tensor::weight, layer.layer, layer.shapes.pes(),
                      has_register_file(Tensor::weight, accelerator.pe)) {
  for (ProcessingElement& each : pes_) {
    each.begin_layer(layer_.nest.tile(Level::pe), layer_.layer);
    ifmap_rfs_.push_back(each.ifmap_rf.data());
    weight_rfs_.push_back(each.weight_rf.data());
  }
  ifmap_network_.begin_layer(buffer_.ifmap().layout(), pe(0).ifmap_rf.layout());
  weight_network_.begin_layer(weight_layout(), pe(0).weight_rf.layout());
  if (!layer_.run) return;
  stream_layout_ = StreamLayout(pe(0).ifmap_rf.layout(), *layer_.run);
  ifmap_network_.begin_runs(layer_.layer, *layer_.run, buffer_.ifmap().layout(), pe(0).ifmap_rf.layout(),
                            stream_layout_);
}

void PeArray::run_tile() {
  bool more = true;
  do {
    const Tile tile = walker_.tile();
    const ArrayShape& shape = layer_.shapes.at(tile.extents);
    Tile last = tile;
    std::int64_t windows = 1;
    while ((more = walker_.next()) && layer_.run && !visit_tile_ && !walker_.enters_buffer_tile() &&
           layer_.run->continues(last, walker_.tile())) {
      last = walker_.tile();
      ++windows;
    }
    if (windows == 1) {
      run_window(tile, shape, !more || !same_visit(tile.base, walker_.tile().base, spec_.pe));
    } else {
      run_windows(tile, shape, windows);
    }
  } while (more && !walker_.enters_buffer_tile());
}

void PeArray::run_window(const Tile& tile, const ArrayShape& shape, bool ends_visit) {
  if (!visit_tile_) {
    visit_tile_ = tile;
    visit_shape_ = &shape;
    for (const ActivePe& active : shape.active) pe(active.pe).psum_rf.clear();
  }
  deliver(tile, shape);
  compute(tile, shape);
  if (!ends_visit) return;
  end_visit(*visit_tile_, *visit_shape_);
  visit_tile_.reset();
}

void PeArray::run_windows(const Tile& tile, const ArrayShape& shape, std::int64_t windows) {
  const WindowRun& run = *layer_.run;
  const auto ifmap_origin = [&](const ActivePe& active) {
    return origin(Tensor::ifmap, moved(active.tile, tile.base).base, layer_.layer);
  };
  deliver(tile, shape);
  for (const ActivePe& active : shape.active) pe(active.pe).begin_run(stream_layout_, ifmap_origin(active));
  deliver_run(tile, shape, windows);
  compute_run(tile, shape, windows);
  for (const ActivePe& active : shape.active)
    pe(active.pe).end_run(stream_layout_, run, ifmap_origin(active), windows);
}

void PeArray::deliver_run(const Tile& tile, const ArrayShape& shape, std::int64_t windows) {
  const WindowRun& run = *layer_.run;
  const Coordinates first = origin(Tensor::ifmap, tile.base, layer_.layer);
  const std::int16_t* source = buffer_.ifmap().at(first);
  const std::int64_t slide = run.slide * buffer_.ifmap().layout().stride()[run.axis];
  const auto send = [&](const Delivery& delivery, const StreamRoutes::Windows& some) {
    ifmap_network_.deliver(delivery, shape, some, source + some.first * slide, first,
                           [this](std::int32_t to) { return pe(to).stream(); });
  };
  const Delivery* same = nullptr;
  StreamRoutes::Windows some{1, 0};
  Tile next = tile;
  for (std::int64_t window = 1; window < windows; ++window) {
    next.base[run.dimension] += run.step;
    if (!weight_planner_.next(next, shape).words.empty())
      throw std::logic_error("weights change within a run of windows");
    const Delivery& delivery = ifmap_planner_.next(next, shape);
    if (&delivery != same && same != nullptr) {
      send(*same, some);
      some = {window, 0};
    }
    same = &delivery;
    ++some.count;
  }
  send(*same, some);
}

/// The psums of each chain: in from the buffer, up the chain, through the MACs of its PEs, and out again.
void PeArray::compute_run(const Tile& tile, const ArrayShape& shape, std::int64_t windows) {
  const WindowRun& run = *layer_.run;
  const std::int64_t line =
      (windows + StreamLayout::kBlock - 1) / StreamLayout::kBlock * StreamLayout::kBlock;
  const bool from_buffer = reads_psums(tile.base, spec_.networks.psum_ports.reads_initial);
  for (const Chain& chain : shape.chains) {
    const ActivePe& top = shape.active[chain.members.front()];
    const Tile window = moved(top.tile, tile.base);
    burst_.assign(static_cast<std::size_t>(top.psum_words * line), 0);
    if (from_buffer) PsumNetwork::take_out(buffer_.psums(), window, run, windows, burst_.data(), line);
    for (const std::size_t member : chain.members) {
      const ActivePe& active = shape.active[member];
      layer_.zero_macs += pe(active.pe).compute_run(stream_layout_, run, moved(active.tile, tile.base),
                                                    layer_.layer, windows, burst_.data(), line);
    }
    PsumNetwork::put_back(burst_.data(), line, window, run, windows, buffer_.psums());
  }
}

void PeArray::deliver(const Tile& tile, const ArrayShape& shape) {
  const Layer& layer = layer_.layer;
  const Coordinates ifmap = origin(Tensor::ifmap, tile.base, layer);
  ifmap_network_.deliver(ifmap_planner_.next(tile, shape), buffer_.ifmap().at(ifmap), ifmap,
                         [this](std::int32_t to) { return ifmap_rfs_[static_cast<std::size_t>(to)]; });
  const Coordinates weights = origin(Tensor::weight, tile.base, layer);
  const std::int16_t* source = layer_.mapping.weights_in_global_buffer
                                   ? buffer_.weights().at(weights)
                                   : layer_.data.weights.data() + weight_layout().offset(weights);
  weight_network_.deliver(weight_planner_.next(tile, shape), source, weights,
                          [this](std::int32_t to) { return weight_rfs_[static_cast<std::size_t>(to)]; });
}

BoxLayout PeArray::weight_layout() const {
  if (layer_.mapping.weights_in_global_buffer) return buffer_.weights().layout();
  return BoxLayout(bounding_box(Tensor::weight, layer_.layer.bounds, layer_.layer));
}

void PeArray::compute(const Tile& tile, const ArrayShape& shape) {
  for (const ActivePe& active : shape.active)
    layer_.zero_macs += pe(active.pe).compute(moved(active.tile, tile.base), layer_.layer);
}

void PeArray::end_visit(const Tile& tile, const ArrayShape& shape) {
  const bool visit_reads = reads_psums(tile.base, spec_.networks.psum_ports.reads_initial);
  for (const Chain& chain : shape.chains) {
    const bool from_buffer = visit_reads || !chain.first;
    const ActivePe& top = shape.active[chain.members.front()];
    const Tile window = moved(top.tile, tile.base);
    burst_.clear();
    if (from_buffer) PsumNetwork::take_out(buffer_.psums(), window, burst_);
    burst_.resize(static_cast<std::size_t>(top.psum_words), 0);
    for (const std::size_t member : chain.members)
      pe(shape.active[member].pe).add_psums(window.extents, burst_);
    PsumNetwork::put_back(burst_, window, buffer_.psums());
  }
}

}  // namespace weir::datapath
