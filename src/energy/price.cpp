#include "energy/price.h"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "energy/keys.h"

namespace weir::energy {
namespace {

using config::Node;
using config::TableMap;

struct Point {
  double size;
  double energy;
};

/// Points of rising size, whose energies do not fall; two at least.
std::vector<Point> read_points(const Node& node, const std::string& size_key) {
  std::vector<Point> points;
  for (const Node& item : node.list()) {
    TableMap map(item, point_keys());
    const Node size = map.at(size_key), energy = map.at("energy");
    const Point point{size.number(1, kMostBytes), energy.number(kLeastEnergy, kMostPrice)};
    map.finish();
    if (!points.empty() && point.size <= points.back().size)
      size.fail(fmt::format("{} is {} after {}; allowed is more than the point before", size_key, point.size,
                            points.back().size));
    if (!points.empty() && point.energy < points.back().energy)
      energy.fail(fmt::format("energy is {} after {}; allowed is no less than the point before", point.energy,
                              points.back().energy));
    points.push_back(point);
  }
  if (points.size() < 2) node.fail(fmt::format("points are {}; allowed is 2 or more", points.size()));
  return points;
}

/// Straight lines through the points in log(size) and log(energy); the outer ones go on outside.
double interpolate(const std::vector<Point>& points, double size) {
  std::size_t upper = 1;
  while (upper + 1 < points.size() && size > points[upper].size) ++upper;
  const auto& [size0, energy0] = points[upper - 1];
  const auto& [size1, energy1] = points[upper];
  const double slope = std::log(energy1 / energy0) / std::log(size1 / size0);
  return energy0 * std::pow(size / size0, slope);
}

/// The energy at a size: steep lines go on to any height.
double energy_at(double size, const std::vector<Point>& points, const Node& node) {
  const double energy = interpolate(points, size);
  if (!(energy <= kMostPrice))
    node.fail(
        fmt::format("the energy at {} is {} by these points; allowed is up to {}", size, energy, kMostPrice));
  return energy;
}

/// The size that the price of a memory goes by: of all its banks, unless it says that it is of one.
double size_of(TableMap& map, const Hardware& hardware) {
  if (hardware.bank_bytes == 0) return hardware.bytes;
  const auto size = map.find("size");
  const bool is_bank = size && size->choice<bool>({{"all_banks", false}, {"bank", true}});
  return is_bank ? hardware.bank_bytes : hardware.bytes;
}

double by_size(TableMap& map, const Node& points, const Hardware& hardware) {
  if (hardware.sized == Hardware::Sized::datapath)
    return energy_at(static_cast<double>(hardware.word_bits), read_points(points, "bits"), points);
  if (hardware.sized == Hardware::Sized::none)
    points.fail("points are for a memory or the MAC; allowed is a number, or energy and access_bits");
  const double size = size_of(map, hardware);
  const auto read = read_points(points, "bytes");
  return size == 0 ? 0 : energy_at(size, read, points);
}

}  // namespace

bool is_price(const Node& node) { return !node.is_map() || node.find("points") || node.find("energy"); }

double read_price(const Node& node, const Hardware& hardware) {
  if (!node.is_map()) return node.number(0, kMostPrice);
  TableMap map(node, price_keys());
  const auto points = map.find("points");
  const double energy = points ? by_size(map, *points, hardware) : map.at("energy").number(0, kMostPrice);
  // Of a datapath the points say themselves how the energy goes with the width.
  double words = 1;
  if (!(points && hardware.sized == Hardware::Sized::datapath))
    words = static_cast<double>(map.at("access_bits").integer(1, kMostBits)) /
            static_cast<double>(hardware.word_bits);
  map.finish();
  return energy / words;
}

}  // namespace weir::energy
