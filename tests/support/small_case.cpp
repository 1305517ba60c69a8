#include "support/small_case.h"

#include <algorithm>
#include <random>

namespace weir::test {
namespace {

/// Makes some of the ifmap's words zeros of padding, which the machine makes on chip where it can.
template <typename Between>
void pad(Small& small, Between between) {
  Layer& layer = small.layer;
  const auto draw = [&](std::int64_t& first, std::int64_t& last, std::int64_t& own, std::int64_t& spacing) {
    first = between(0, std::min<std::int64_t>(own - 1, 2));
    last = between(0, std::min<std::int64_t>(own - 1 - first, 2));
    own -= first + last;
    spacing = between(1, 4) == 1 ? 2 : 1;
  };
  draw(layer.padding.top, layer.padding.bottom, layer.input.vertical, layer.spacing.vertical);
  draw(layer.padding.left, layer.padding.right, layer.input.horizontal, layer.spacing.horizontal);
  GlobalBufferSpec& buffer = small.accelerator.global_buffer;
  if (!buffer.ifmap_bypasses) buffer.padding = PaddingZeros::made;
  ProcessingElementSpec& pe = small.accelerator.pe;
  if (pe.last_sum == LastSum::stored && between(1, 2) == 1) pe.padding_macs = PaddingMacs::skipped;
}

}  // namespace

const std::vector<std::string>& small_rules() {
  static const std::vector<std::string> rules = {
      "{dataflow: a, pe: [C, S, M], pe_columns: [M, P], pe_rows: [P, M, C, R],"
      " global_buffer: [[C, M], N, Q], dram: [G, [N, P, M, C]]}",
      "{dataflow: b, pe_columns: [M], pe_rows: [M, C, R, S], global_buffer: [N, [P, Q]], dram: [G, [M, C]],"
      " keep: {weight: any}}",
      "{dataflow: c, pe_columns: [Q, M], pe_rows: [P, N], global_buffer: [[M, Q], [C, R], S], dram: [G, [N, "
      "M, "
      "P, Q]],"
      " keep: {weight: [global_buffer, pe]}}",
      "{dataflow: d, pe: [P, Q, R<=2, S=all], pe_columns: [M<=2, Q], pe_rows: [C, R], global_buffer: [N, [M, "
      "C, R], Q],"
      " dram: [G, P, [M, C, Q, R]], keep: {weight: any}}",
  };
  return rules;
}

Dataflow rule(const std::string& text) { return read_dataflow(config::Node::parse(text, "rule.yaml")); }

Small draw_small(std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  const auto between = [&](std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(engine() % static_cast<std::uint64_t>(most - least + 1));
  };
  using enum Dimension;
  Small small;
  Layer& layer = small.layer;
  layer.name = "small";
  layer.bounds.values.fill(1);
  for (const Dimension d : {M, C, P, Q}) layer.bounds[d] = between(1, 5);
  for (const Dimension d : {R, S}) layer.bounds[d] = between(1, 3);
  layer.bounds[N] = between(1, 2);
  layer.bounds[G] = between(1, 5) == 1 ? 2 : 1;
  layer.stride = {between(1, 2), between(1, 2)};
  layer.dilation = {between(1, 4) == 1 ? 2 : 1, between(1, 4) == 1 ? 2 : 1};
  layer.input = {
      (layer.bounds[P] - 1) * layer.stride.vertical + (layer.bounds[R] - 1) * layer.dilation.vertical + 1,
      (layer.bounds[Q] - 1) * layer.stride.horizontal + (layer.bounds[S] - 1) * layer.dilation.horizontal +
          1};
  Accelerator& a = small.accelerator;
  a.name = "machine";
  a.rows = between(2, 4);
  a.columns = between(1, 3);
  a.pe = {between(2, 9), between(2, 12), between(1, 6), 4, false};
  a.networks.ifmap.words_per_cycle = between(1, 3);
  a.networks.weight.words_per_cycle = between(1, 3);
  a.networks.psum_in.words_per_cycle = between(1, 3);
  a.networks.psum_out.words_per_cycle = between(1, 3);
  a.networks.weight_barrier = static_cast<WeightBarrier>(between(0, 2));
  a.networks.psum_ports = {between(2, 8), between(0, 1) == 1};
  a.global_buffer = {between(2, 6), between(8, 32), between(6, 40)};
  a.dram.words_per_kilocycle = 1200;
  if (between(1, 3) == 1) {
    a.pe.shared_rf_words = between(6, 20);
    a.pe.ifmap_rf_words = a.pe.weight_rf_words = a.pe.psum_rf_words = 0;
  }
  if (between(1, 3) == 1) a.pe.last_sum = LastSum::direct;
  if (between(1, 3) == 1) a.global_buffer.last_sum = LastSum::direct;
  if (between(1, 3) == 1) a.global_buffer.loads = between(1, 2) == 1 ? TileLoad::whole : TileLoad::every;
  for (std::int64_t* words : {&a.pe.ifmap_rf_words, &a.pe.weight_rf_words, &a.pe.psum_rf_words}) {
    if (between(1, 5) == 1) *words = 0;  // that tensor streams
  }
  NeighbourSums& sums = a.networks.neighbour_sums;
  if (between(1, 3) == 1) sums = {between(0, 1) == 1, between(0, 1) == 1, between(0, 1) == 1};
  if (between(1, 3) == 1 && seed % 2 == 0 && seed % 3 != 0)
    a.global_buffer.ifmap_bypasses = true;  // DRAM is hidden
  if (between(1, 4) == 1) {
    a.global_buffer.psum_bypasses = true;
    a.global_buffer.last_sum = LastSum::direct;
    a.networks.psum_ports.reads_initial = false;
  }
  if (between(1, 2) == 1) pad(small, between);
  small.dataflow = rule(small_rules()[seed % small_rules().size()]);
  return small;
}

}  // namespace weir::test
