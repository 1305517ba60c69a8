#include "reference/schedule.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace weir::reference {
namespace {

Words without(const Words& words, const Words& others) {
  Words rest;
  for (const Word& word : words) {
    if (others.count(word) == 0) rest.insert(word);
  }
  return rest;
}

// PEs are visited row by row, and a PE either joins the chain of its column and psums or is the top of a new
// one: so the chains come in the order (row of the top, column).
std::vector<Chain> make_chains(const Step& step, std::int64_t columns) {
  std::vector<Chain> chains;
  for (std::size_t pe = 0; pe < step.pe_tiles.size(); ++pe) {
    const PeTile& tile = step.pe_tiles[pe];
    if (!tile.active()) continue;
    const std::int64_t column = static_cast<std::int64_t>(pe) % columns;
    const auto chain = std::find_if(chains.begin(), chains.end(), [&](const Chain& candidate) {
      return candidate.pes.front() % columns == column && candidate.psums == tile.psums &&
             candidate.own_reduction == tile.own_reduction;
    });
    if (chain != chains.end()) {
      chain->pes.push_back(static_cast<std::int64_t>(pe));
    } else {
      chains.push_back({{static_cast<std::int64_t>(pe)}, tile.psums, tile.own_reduction});
    }
  }
  return chains;
}

std::size_t distinct_psums(const std::vector<Chain>& chains) {
  std::set<Words> psums;
  for (const Chain& chain : chains) psums.insert(chain.psums);
  return psums.size();
}

// Everybody who works in a visit must be in one of its chains, or psums would be lost.
void check_visit(const Visit& visit, const std::vector<Step>& steps) {
  const Step& first = steps[visit.first_step];
  for (std::int64_t s = visit.first_step; s <= visit.last_step; ++s) {
    for (std::size_t pe = 0; pe < first.pe_tiles.size(); ++pe) {
      if (!steps[s].pe_tiles[pe].active()) continue;
      if (steps[s].pe_tiles[pe].psums != first.pe_tiles[pe].psums) {
        throw std::logic_error("a PE changes its psums within a visit");
      }
    }
  }
}

}  // namespace

std::vector<Visit> make_visits(const std::vector<Step>& steps, std::int64_t columns, bool every_step) {
  std::vector<Visit> visits;
  for (std::size_t s = 0; s < steps.size(); ++s) {
    const std::int64_t step = static_cast<std::int64_t>(s);
    if (s > 0 && !every_step && steps[s].psums == steps[s - 1].psums) {
      visits.back().last_step = step;
    } else {
      visits.push_back({step, step, steps[s].first_reduction, make_chains(steps[s], columns)});
    }
  }
  std::map<Words, std::int64_t> last_burst;  // by psums
  std::int64_t burst = 0;
  for (Visit& visit : visits) {
    check_visit(visit, steps);
    for (Chain& chain : visit.chains) {
      const auto earlier = last_burst.find(chain.psums);
      if (earlier != last_burst.end()) chain.earlier_burst = earlier->second;
      const bool neighbours_sum_all = visit.chains.size() == distinct_psums(visit.chains);
      if (neighbours_sum_all && visit.first != (chain.earlier_burst < 0))
        throw std::logic_error("a first visit that is none");
      last_burst[chain.psums] = burst++;
    }
  }
  return visits;
}

std::vector<std::vector<Words>> make_new_words(const std::vector<Step>& steps, Operand operand, bool keeps) {
  std::vector<std::vector<Words>> new_words;
  std::vector<Words> kept(steps.front().pe_tiles.size());  // by PE, the tile of its last active step
  for (const Step& step : steps) {
    new_words.emplace_back(kept.size());
    for (std::size_t pe = 0; pe < kept.size(); ++pe) {
      if (!step.pe_tiles[pe].active()) continue;
      const Words& tile = operand == Operand::kIfmap ? step.pe_tiles[pe].ifmap : step.pe_tiles[pe].weights;
      new_words.back()[pe] = keeps ? without(tile, kept[pe]) : tile;
      kept[pe] = tile;
    }
  }
  return new_words;
}

std::vector<Delivery> make_deliveries(const std::vector<std::vector<Words>>& new_words, Operand operand) {
  std::vector<Delivery> deliveries;
  for (std::size_t step = 0; step < new_words.size(); ++step) {
    const auto first_of_step = static_cast<std::ptrdiff_t>(deliveries.size());
    std::map<Word, std::size_t> listed;  // place in deliveries
    for (std::size_t pe = 0; pe < new_words[step].size(); ++pe) {
      for (const Word& word : new_words[step][pe]) {
        const auto [place, first_time] = listed.emplace(word, deliveries.size());
        if (first_time) deliveries.push_back({static_cast<std::int64_t>(step), word, {}});
        deliveries[place->second].receivers.push_back(static_cast<std::int64_t>(pe));
      }
    }
    if (operand == Operand::kIfmap) {  // by w
      std::stable_sort(deliveries.begin() + first_of_step, deliveries.end(),
                       [](const Delivery& a, const Delivery& b) { return a.word[4] < b.word[4]; });
    }
  }
  return deliveries;
}

std::vector<BufferTile> make_buffer_tiles(const LayerShape& shape, const MachineSpec& machine,
                                          const std::vector<Step>& steps) {
  const bool every = machine.loads_every_tile;
  std::vector<BufferTile> tiles;
  for (std::size_t s = 0; s < steps.size(); ++s) {
    if (s == 0 || steps[s].dram_iteration != steps[s - 1].dram_iteration) {
      tiles.push_back({static_cast<std::int64_t>(s), {}, {}, {}, {}, 0, 0, 0, 0, 0});
    }
    BufferTile& tile = tiles.back();
    for (const PeTile& pe : steps[s].pe_tiles) {
      tile.ifmap.insert(pe.ifmap.begin(), pe.ifmap.end());
      tile.weights.insert(pe.weights.begin(), pe.weights.end());
      tile.psums.insert(pe.psums.begin(), pe.psums.end());
      for (const Mac& mac : pe.macs)
        tile.ifmap_places.insert({mac.g, mac.n, mac.c, mac.p, mac.q, mac.r, mac.s});
    }
  }
  std::set<Words> seen_psums;
  BufferTile before = {};
  for (BufferTile& tile : tiles) {
    const bool moved = tile.ifmap_places != before.ifmap_places;
    const Words kept = every || (machine.loads_whole_tiles && moved) ? Words() : before.ifmap;
    for (const Word& word : without(tile.ifmap, kept)) {
      ++tile.new_ifmap;
      if (machine.makes_padding && is_padding(shape, word)) ++tile.made_ifmap;
    }
    tile.new_weights =
        static_cast<std::int64_t>(without(tile.weights, every ? Words() : before.weights).size());
    if (tile.psums != before.psums) {
      tile.psums_drained = static_cast<std::int64_t>(before.psums.size());
      if (seen_psums.count(tile.psums) > 0) {
        tile.psums_returning = static_cast<std::int64_t>(tile.psums.size());
      }
    }
    seen_psums.insert(tile.psums);
    before = tile;
  }
  return tiles;
}

}  // namespace weir::reference
