#include "ports/fold.h"

namespace weir::ports {

Extents Fold::at(std::int64_t row, std::int64_t column, std::int64_t t) const {
  Extents place = step.tile.base;
  place[roles.rows] += row;
  place[roles.columns] += column;
  place[roles.stream] += t;
  return place;
}

bool Fold::enters_on_the_left(Tensor tensor) const {
  return tensor != roles.stationary && touches(roles.rows, tensor);
}

std::int64_t Fold::words(Tensor tensor) const {
  if (tensor == roles.stationary) return rows * columns;
  return length * (touches(roles.rows, tensor) ? rows : columns);
}

std::vector<Fold::Entry> Fold::entering(Tensor tensor, std::int64_t now) const {
  std::vector<Entry> entries;
  if (tensor == roles.stationary) {  // the bottom row's first
    for (std::int64_t column = 0; column < columns; ++column) {
      const std::int64_t row = array_rows - 1 - (now - load - column);
      if (row >= 0 && row < rows) entries.push_back({column, row, 0, at(row, column, 0)});
    }
    return entries;
  }
  const bool left = enters_on_the_left(tensor);
  for (std::int64_t edge = 0; edge < (left ? rows : columns); ++edge) {
    const std::int64_t t = now - stream - edge;
    if (t >= 0 && t < length) entries.push_back({edge, 0, t, left ? at(edge, 0, t) : at(0, edge, t)});
  }
  return entries;
}

std::vector<Fold::Leaving> Fold::leaving(std::int64_t now) const {
  std::vector<Leaving> found;
  for (std::int64_t column = 0; column < columns; ++column) {
    const std::int64_t first = stream + array_rows - 1 + column;
    if (keeps_psums()) {
      const std::int64_t row = array_rows - 1 - (now - first - length);
      if (row >= 0 && row < rows) found.push_back({column, at(row, column, 0)});
    } else {
      const std::int64_t t = now - first;
      if (t >= 0 && t < length) found.push_back({column, at(0, column, t)});
    }
  }
  return found;
}

FoldSequencer::FoldSequencer(const Program& program, const SystolicRoles& roles)
    : program_(&program), steps_(program) {
  fold_.roles = roles;
  fold_.array_rows = program.accelerator().rows;
  fold_.array_columns = program.accelerator().columns;
  make();
}

void FoldSequencer::make() {
  fold_.step = steps_.step();
  const Tile& tile = fold_.step.tile;
  fold_.rows = tile.extents[fold_.roles.rows];
  fold_.columns = tile.extents[fold_.roles.columns];
  fold_.length = tile.extents[fold_.roles.stream];
  fold_.reads_psums =
      program_->accelerator().networks.psum_ports.reads_initial || !program_->is_first_visit(tile);
  fold_.finishes_psums = program_->is_last_visit(tile);
}

void FoldSequencer::next() {
  steps_.next();
  if (!steps_.at_end()) make();
}

}  // namespace weir::ports
