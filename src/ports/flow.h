#pragma once

#include <cstdint>
#include <systemc>

#include "ports/word.h"

namespace weir::ports {

/// A word on its way through a systolic array, or a gap between words.
struct Flow {
  bool is_there = false;
  Word word;
  std::int64_t row = 0;      ///< of a stationary word: where it stays
  bool begins_fold = false;  ///< it is the first of a stream, and the last
  bool ends_fold = false;
};

class FlowReader : public virtual sc_core::sc_interface {
 public:
  virtual const Flow& read() const = 0;
};

class FlowWriter : public virtual sc_core::sc_interface {
 public:
  virtual void write(const Flow& flow) = 0;
};

/// A register between two PEs: what is written in a step is read in the next.
class FlowRegister : public sc_core::sc_prim_channel, public FlowReader, public FlowWriter {
 public:
  explicit FlowRegister(const char* name) : sc_prim_channel(name) {}

  void clear() { now_ = next_ = {}; }
  const Flow& read() const override { return now_; }
  void write(const Flow& flow) override {
    if (!flow.is_there && !now_.is_there && !next_.is_there) return;
    next_ = flow;
    request_update();
  }

 private:
  void update() override { now_ = next_; }

  Flow now_, next_;
};

/// What stands below a column's last PE.
class ColumnEnd : public virtual sc_core::sc_interface {
 public:
  virtual void leave(std::int64_t column, const Word& psum) = 0;
};

}  // namespace weir::ports
