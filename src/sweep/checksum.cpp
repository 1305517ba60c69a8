#include "sweep/checksum.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>

#include "sweep/key.h"

namespace weir::sweep {
namespace {

void put_bytes(char letter, std::string_view bytes, std::string& all) {
  fmt::format_to(std::back_inserter(all), "{}{}:", letter, bytes.size());
  all.append(bytes);
}

void put_real(double value, std::string& all) {
  constexpr double kLeast = -9007199254740992.0;  // beyond 2^53 a whole number may be none
  if (value == std::trunc(value) && value >= kLeast && value <= -kLeast) {
    fmt::format_to(std::back_inserter(all), "i{}", static_cast<std::int64_t>(value));
    return;
  }
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(bits >> shift));
  put_bytes('r', bytes, all);
}

void put(sqlite3_value* value, std::string& all) {
  const auto bytes = [&](const void* data) {
    return std::string_view(static_cast<const char*>(data),
                            static_cast<std::size_t>(sqlite3_value_bytes(value)));
  };
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      fmt::format_to(std::back_inserter(all), "i{}", sqlite3_value_int64(value));
      break;
    case SQLITE_FLOAT:
      put_real(sqlite3_value_double(value), all);
      break;
    case SQLITE_TEXT:
      put_bytes('t', bytes(sqlite3_value_text(value)), all);
      break;
    case SQLITE_BLOB:
      put_bytes('b', bytes(sqlite3_value_blob(value)), all);
      break;
    default:
      all += 'n';
  }
}

void checksum(sqlite3_context* context, int count, sqlite3_value** values) {
  try {
    std::string all;
    for (int i = 0; i < count; ++i) put(values[i], all);
    const auto digest = sha256(all);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < sizeof sum; ++i) sum = sum << 8 | digest[i];
    sqlite3_result_int64(context, static_cast<std::int64_t>(sum));
  } catch (const std::exception& error) {  // must not pass through C
    sqlite3_result_error(context, error.what(), -1);
  }
}

}  // namespace

bool add_checksum(sqlite3* connection) {
  return sqlite3_create_function_v2(connection, "weir_checksum", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                    nullptr, checksum, nullptr, nullptr, nullptr) == SQLITE_OK;
}

}  // namespace weir::sweep
