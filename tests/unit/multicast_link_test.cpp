// Runs of words, sent at once, against a network that sends word by word.
#include "timing/multicast_link.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace weir::timing {
namespace {

/// Sends word by word, and knows of each word of room when it is there.
class PlainLink {
 public:
  PlainLink(std::int64_t words_per_cycle, std::size_t pes, std::int64_t port_words)
      : words_per_cycle_(words_per_cycle), room_(pes), taken_(pes, 0), arrived_(pes, 0) {
    for (auto& times : room_) times.assign(static_cast<std::size_t>(port_words), 0);
  }

  void send(const Delivery& delivery, Cycle gate) {
    delivery.for_each_word([&](std::size_t, std::span<const std::int32_t> pes) {
      Cycle at = std::max(cycle_, gate);
      for (const std::int32_t number : pes) {
        const auto pe = static_cast<std::size_t>(number);
        at = std::max(at, room_[pe].at(taken_[pe]++));
      }
      if (at == cycle_ && in_cycle_ == words_per_cycle_) ++at;
      if (at > cycle_) {
        cycle_ = at;
        in_cycle_ = 0;
      }
      if (++in_cycle_ == 1) ++busy_;
      for (const std::int32_t pe : pes) arrived_[static_cast<std::size_t>(pe)] = at + 1;
    });
  }
  void release(std::size_t pe, std::int64_t words, Cycle time) {
    room_[pe].insert(room_[pe].end(), static_cast<std::size_t>(words), time);
  }
  /// Words for which a PE has room, now or later.
  std::int64_t room(std::size_t pe) const { return static_cast<std::int64_t>(room_[pe].size() - taken_[pe]); }
  Cycle sent_until() const { return cycle_ + 1; }
  Cycle arrived(std::size_t pe) const { return arrived_[pe]; }
  std::int64_t busy() const { return busy_; }

 private:
  std::int64_t words_per_cycle_;
  std::vector<std::vector<Cycle>> room_;  ///< by PE, for each word that it ever takes
  std::vector<std::size_t> taken_;
  std::vector<Cycle> arrived_;
  std::int64_t busy_ = 0;
  Cycle cycle_ = -1;
  std::int64_t in_cycle_ = words_per_cycle_;
};

/// Some runs to some PEs, none of which gets more words than it will have room for.
Delivery draw_delivery(const PlainLink& link, std::size_t pes, std::mt19937_64& dice) {
  Delivery delivery;
  std::vector<std::int64_t> room;
  for (std::size_t pe = 0; pe < pes; ++pe) room.push_back(link.room(pe));
  for (std::size_t runs = dice() % 4; runs > 0; --runs) {
    const std::size_t first = delivery.receivers.size();
    std::int64_t words = 1 + static_cast<std::int64_t>(dice() % 20);
    for (std::size_t pe = 0; pe < pes; ++pe) {
      if (room[pe] == 0 || dice() % 3 == 0) continue;
      delivery.receivers.push_back(static_cast<std::int32_t>(pe));
      words = std::min(words, room[pe]);
    }
    if (first == delivery.receivers.size()) continue;
    delivery.runs.push_back({words, first, delivery.receivers.size()});
    delivery.words.resize(delivery.words.size() + static_cast<std::size_t>(words));
    for (const std::int32_t pe : delivery.to(delivery.runs.back())) {
      room[static_cast<std::size_t>(pe)] -= words;
      delivery.received += words;
    }
  }
  return delivery;
}

TEST(Multicast, ARunIsSentAsItsWordsOneByOneWouldBe) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 dice(seed);
    const std::size_t pes = 1 + dice() % 5;
    const auto width = 1 + static_cast<std::int64_t>(dice() % 4);
    const auto port_words = 1 + static_cast<std::int64_t>(dice() % 30);
    MulticastLink link(width, static_cast<std::int64_t>(pes));
    link.reset(port_words);
    PlainLink plain(width, pes, port_words);
    std::vector<Cycle> last_release(pes, 0);
    std::int64_t words = 0, received = 0;
    for (int step = 0; step < 40; ++step) {
      const Delivery delivery = draw_delivery(plain, pes, dice);
      const Cycle gate = link.sent_until() + static_cast<Cycle>(dice() % 40) - 20;
      link.send(delivery, gate);
      plain.send(delivery, gate);
      words += static_cast<std::int64_t>(delivery.words.size());
      received += delivery.received;
      ASSERT_EQ(link.sent_until(), plain.sent_until());
      ASSERT_EQ(link.totals.busy, plain.busy());
      ASSERT_EQ(link.totals.words, words);
      ASSERT_EQ(link.totals.received, received);
      for (std::size_t pe = 0; pe < pes; ++pe) {
        ASSERT_EQ(link.port(static_cast<std::int64_t>(pe)).arrived, plain.arrived(pe)) << "PE " << pe;
        for (std::int64_t held = port_words - plain.room(pe); held > 0 && dice() % 3 > 0;) {
          const auto left = 1 + static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(held));
          last_release[pe] = std::max(last_release[pe] + static_cast<Cycle>(dice() % 12), plain.arrived(pe));
          link.release(static_cast<std::int64_t>(pe), left, last_release[pe]);
          plain.release(pe, left, last_release[pe]);
          held -= left;
        }
      }
    }
  }
}

TEST(Multicast, AWordWaitsForItsSlowestReceiver) {
  // Two PEs of 4 words, a link of 2 words a cycle. Full at 0 and 1; PE 1 gives 3 words back at 10 and one at
  // 20, PE 0 all at 5: three words to both go at 10, 10 and 11, the fourth at 20.
  MulticastLink link(2, 2);
  link.reset(4);
  Delivery four;
  four.words.resize(4);
  four.receivers = {0, 1};
  four.runs = {{4, 0, 2}};
  four.received = 8;
  link.send(four, 0);
  EXPECT_EQ(link.sent_until(), 2);
  link.release(0, 4, 5);
  link.release(1, 3, 10);
  link.release(1, 1, 20);
  link.send(four, 0);
  EXPECT_EQ(link.sent_until(), 21);
  EXPECT_EQ(link.port(0).arrived, 21);
  EXPECT_EQ(link.totals.busy, 5);
}

}  // namespace
}  // namespace weir::timing
