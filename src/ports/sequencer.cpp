#include "ports/sequencer.h"

namespace weir::ports {

Sequencer::Sequencer(const Program& program) : program_(&program), walker_(program.nest()) {
  step_.tile = walker_.tile();
  step_.buffer = walker_.buffer_tile();
  look_ahead();
}

void Sequencer::look_ahead() {
  has_more_ = walker_.next();
  step_.ends_visit = !has_more_ || !program_->has_register_file(Tensor::psum) ||
                     !same_place(step_.tile.base, walker_.tile().base, Tensor::psum);
}

void Sequencer::next() {
  if (!has_more_) {
    at_end_ = true;
    return;
  }
  ++step_.number;
  step_.begins_visit = step_.ends_visit;
  if (step_.begins_visit) ++step_.visit;
  if (walker_.enters_buffer_tile()) ++step_.buffer_tile;
  step_.tile = walker_.tile();
  step_.buffer = walker_.buffer_tile();
  look_ahead();
}

VisitSequencer::VisitSequencer(const Program& program) : program_(&program), steps_(program) { next(); }

void VisitSequencer::next() {
  at_end_ = steps_.at_end();
  if (at_end_) return;
  visit_.first = steps_.step();
  while (!steps_.step().ends_visit) steps_.next();
  visit_.last = steps_.step().tile;
  visit_.is_first = program_->is_first_visit(visit_.first.tile);
  visit_.is_last = program_->is_last_visit(visit_.last);
  steps_.next();
}

}  // namespace weir::ports
