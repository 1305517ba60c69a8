#include "ports/systolic_element.h"

#include <stdexcept>
#include <utility>

#include "ports/traced.h"

namespace weir::ports {

using stats::Action;
using stats::Component;

SystolicElement::SystolicElement(const sc_core::sc_module_name& name, std::int64_t row, std::int64_t column)
    : sc_module(name), row_(row), column_(column) {
  SC_METHOD(run_step);
  sensitive << work.pos();
  dont_initialize();
}

void SystolicElement::begin_layer(const Program& program, const SystolicRoles& roles) {
  program_ = &program;
  roles_ = roles;
  stationary_ = next_ = std::nullopt;
  sum_ = {};
  leaving_ = {};
  moved_ = 0;
  is_busy_ = false;
  macs_ = gated_ = stationary_words_ = left_hops_ = top_hops_ = psum_hops_ = 0;
}

void SystolicElement::run_step() {
  if (!step_done.read()) return;
  const Flow &left = left_in->read(), &top = top_in->read(), &above = psum_in->read();
  is_busy_ = false;
  if (roles_.stationary == Tensor::psum) {
    add_to_stationary(left, top, above);
    down_out->write(top);
  } else {
    take_stationary(left, top);
    add_to_passing(left, above);
  }
  right_out->write(left);
  drain_out.write(drain_in.read());
}

/// The product of two words that meet, at the place of the psum that it belongs to.
Word SystolicElement::product(const Flow& left, const Word& other) {
  const bool ifmap_moves = touches(roles_.rows, Tensor::ifmap) && roles_.stationary != Tensor::ifmap;
  const Word& pixel = ifmap_moves ? left.word : other;
  const Word& weight = ifmap_moves ? other : left.word;
  const Extents& b = program_->layer().bounds;
  using enum Dimension;
  // ifmap [G][C][P], weights [G][M][C], psums [G][M][P]
  const Address p = pixel.address % b[P], c = pixel.address / b[P] % b[C], g = pixel.address / b[P] / b[C];
  const Address m = weight.address / b[C] % b[M];
  if (weight.address != (g * b[M] + m) * b[C] + c)
    throw std::logic_error("words meet that do not belong together");
  ++macs_;
  is_busy_ = true;
  if (pixel.value == 0 && program_->accelerator().pe.zero_gating) ++gated_;
  return {(g * b[M] + m) * b[P] + p, pixel.value * weight.value};
}

/// A word for this PE stays, one for a row below passes. With the first word of a stream comes its turn.
void SystolicElement::take_stationary(const Flow& left, const Flow& top) {
  if (left.is_there && left.begins_fold) stationary_ = std::exchange(next_, std::nullopt);
  if (top.is_there && row_ > 0) ++top_hops_;
  if (top.is_there && next_) throw std::logic_error("a stationary word is overwritten before its turn");
  const bool is_mine = top.is_there && top.row == row_;
  if (is_mine) {
    next_ = top.word;
    ++stationary_words_;
  }
  down_out->write(is_mine ? Flow{} : top);
}

void SystolicElement::add_to_passing(const Flow& left, const Flow& above) {
  if (left.is_there && column_ > 0) ++left_hops_;
  if (above.is_there && row_ > 0) ++psum_hops_;
  Flow psum = above;
  if (left.is_there && stationary_) {
    const Word term = product(left, *stationary_);
    if (row_ == 0) psum = {true, {term.address, 0}};
    if (!psum.is_there || psum.word.address != term.address)
      throw std::logic_error("a product does not meet its psum");
    psum.word.value += term.value;
  }
  if (column_end.size() == 0) {
    psum_out->write(psum);
  } else if (psum.is_there) {
    column_end->leave(column_, psum.word);
  }
}

/// A PE passes on its own output and then those of the rows above: it may have the next fold's by then.
void SystolicElement::move_down(const Flow& above) {
  if (column_end.size() > 0 && leaving_.is_there) column_end->leave(column_, leaving_.word);
  if (moved_ <= row_) leaving_ = moved_ < row_ ? above : Flow{};
  if (moved_ < row_ && above.is_there) ++psum_hops_;
  moved_ = (moved_ + 1) % program_->accelerator().rows;
}

void SystolicElement::add_to_stationary(const Flow& left, const Flow& top, const Flow& above) {
  if (left.is_there && column_ > 0) ++left_hops_;
  if (top.is_there && row_ > 0) ++top_hops_;
  if (drain_in.read()) move_down(above);
  if (left.is_there && top.is_there) {
    const Word term = product(left, top.word);
    if (left.begins_fold) sum_ = {term.address, 0};
    if (sum_.address != term.address) throw std::logic_error("a product does not meet its psum");
    sum_.value += term.value;
    if (left.ends_fold) {
      if (leaving_.is_there) throw std::logic_error("an output is overwritten before it has left");
      leaving_ = {true, sum_};
    }
  }
  psum_out->write(leaving_);
}

void SystolicElement::count_into(stats::LayerStats& stats) const {
  stats.macs += macs_;
  stats::Counts& counts = stats.counts;
  counts.add(Component::mac, Tensor::psum, Action::mac, macs_ - gated_);
  counts.add(Component::mac, Tensor::psum, Action::gated_mac, gated_);
  const auto left = touches(roles_.rows, Tensor::ifmap) && roles_.stationary != Tensor::ifmap
                        ? Tensor::ifmap
                        : Tensor::weight;
  const auto top = left == Tensor::ifmap ? Tensor::weight : Tensor::ifmap;
  counts.add(Component::neighbour, left, Action::hop, left_hops_);
  counts.add(Component::neighbour, top, Action::hop, top_hops_);
  counts.add(Component::neighbour, Tensor::psum, Action::hop, psum_hops_);
  const auto stationary = static_cast<Tensor>(roles_.stationary);
  const bool has_psums = roles_.stationary == Tensor::psum;
  counts.add(Component::register_file, stationary, Action::write, has_psums ? macs_ : stationary_words_);
  counts.add(Component::register_file, stationary, Action::read,
             roles_.stationary == Tensor::weight ? macs_ - gated_ : macs_);
}

void SystolicElement::trace(sc_core::sc_trace_file* file) const { record(file, *this, is_busy_, "busy"); }

}  // namespace weir::ports
