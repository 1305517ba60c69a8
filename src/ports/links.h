#pragma once

#include <cstdint>
#include <deque>
#include <systemc>
#include <utility>
#include <vector>

#include "ports/word.h"

namespace weir::ports {

/// A network's end of a link into a PE.
class WordWriter : public virtual sc_core::sc_interface {
 public:
  virtual bool has_room() const = 0;
  virtual void send(const Word& word) = 0;
};

/// The PE's end of it.
class WordReader : public virtual sc_core::sc_interface {
 public:
  /// The words that came since the last call, in their order.
  virtual std::vector<Word> take() = 0;
  /// Words that the PE does not need any more: there is room for as many others.
  virtual void give_back(std::int64_t words) = 0;
};

/// Wires from a network to a PE, with credits: the network knows how many words the PE's register file and
/// FIFO have room for. A word takes room as soon as it is sent.
class OperandLink : public sc_core::sc_prim_channel, public WordWriter, public WordReader {
 public:
  explicit OperandLink(const char* name) : sc_prim_channel(name) {}

  void begin_layer(std::int64_t room) { credits_ = room; }
  bool has_room() const override { return credits_ > 0; }
  void send(const Word& word) override {
    --credits_;
    wires_.push_back(word);
  }
  std::vector<Word> take() override { return std::exchange(wires_, {}); }
  void give_back(std::int64_t words) override { credits_ += words; }
  const std::int64_t& credits() const { return credits_; }

 private:
  std::int64_t credits_ = 0;
  std::vector<Word> wires_;
};

/// The side of a psum port that words come from. They come in bursts.
class PsumWriter : public virtual sc_core::sc_interface {
 public:
  /// Whether a burst of so many words can begin in this cycle.
  virtual bool has_room(std::int64_t words) const = 0;
  /// Takes the room of a burst that begins in this cycle.
  virtual void begin_burst(std::int64_t words) = 0;
  virtual void send(const Word& word) = 0;
};

/// The side that takes them.
class PsumReader : public virtual sc_core::sc_interface {
 public:
  /// Whether so many words are there that were sent in earlier cycles.
  virtual bool has_words(std::int64_t words) const = 0;
  virtual Word take() = 0;
  /// Gives a burst's room back at the end of the present cycle.
  virtual void end_burst(std::int64_t words) = 0;
};

/// A port of a PE for psums: a FIFO whose room is taken and given back by the burst. Reader and writer may be
/// clocked by the same edge: what either does in a cycle, the other sees in the next.
class PsumPort : public sc_core::sc_prim_channel, public PsumWriter, public PsumReader {
 public:
  explicit PsumPort(const char* name) : sc_prim_channel(name) {}

  void begin_layer(std::int64_t words, const sc_core::sc_time& cycle);
  bool has_room(std::int64_t words) const override;
  void begin_burst(std::int64_t words) override { taken_ += words; }
  void send(const Word& word) override;
  bool has_words(std::int64_t words) const override;
  Word take() override;
  void end_burst(std::int64_t words) override;
  /// Words of the bursts that have room here.
  const std::int64_t& occupancy() const { return taken_; }

 private:
  struct Sent {
    std::uint64_t cycle;
    Word word;
  };
  std::uint64_t present_cycle() const { return (sc_core::sc_time_stamp() - start_).value() / cycle_.value(); }

  std::int64_t room_ = 0, taken_ = 0;
  std::int64_t leaving_ = 0;         ///< of what is taken, given back at the end of
  std::uint64_t leaving_cycle_ = 0;  ///< this cycle
  sc_core::sc_time start_, cycle_;
  std::deque<Sent> words_;
};

}  // namespace weir::ports
