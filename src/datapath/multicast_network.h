#pragma once

#include <cstdint>
#include <optional>

#include "datapath/stream_routes.h"
#include "datapath/word_routes.h"

namespace weir::datapath {

/// A network from the global buffer to the PEs: a word goes to all its receivers at once. When it goes,
/// timing::MulticastLink says; here its value goes.
class MulticastNetwork {
 public:
  /// The words of this layer lie in `source` and in register files as these layouts say.
  void begin_layer(const BoxLayout& source, const BoxLayout& register_file) {
    routes_.emplace(source, register_file);
  }
  /// `at_origin`: the source's word at the array tile's `origin`; `register_file(pe)`: where PEs keep values.
  template <typename RegisterFileOf>
  void deliver(const Delivery& delivery, const std::int16_t* at_origin, const Coordinates& origin,
               RegisterFileOf register_file) {
    routes_->deliver(delivery, at_origin, origin, register_file);
  }

  /// What windows of a run bring: see StreamRoutes::deliver.
  void begin_runs(const Layer& layer, const WindowRun& run, const BoxLayout& source,
                  const BoxLayout& register_file, const StreamLayout& stream) {
    streams_.emplace(layer, run, source, register_file.box(), stream);
  }
  template <typename StreamOf>
  void deliver(const Delivery& delivery, const ArrayShape& shape, const StreamRoutes::Windows& windows,
               const std::int16_t* at_origin, const Coordinates& origin, StreamOf stream) {
    streams_->deliver(delivery, shape, windows, at_origin, origin, stream);
  }

 private:
  std::optional<WordRoutes> routes_;
  std::optional<StreamRoutes> streams_;
};

}  // namespace weir::datapath
