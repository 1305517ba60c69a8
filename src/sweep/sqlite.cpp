#include "sweep/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>

#include "sweep/checksum.h"
#include "sweep/trusted_path.h"

namespace weir::sweep {
namespace {

constexpr int kBusyMilliseconds = 10'000;

/// What SQLite says, and what the system said to it.
std::string reason_of(sqlite3* handle) {
  const int system_error = sqlite3_system_errno(handle);
  const bool has_cause = system_error != 0 && (sqlite3_errcode(handle) & 0xff) != SQLITE_BUSY;
  return fmt::format("{}{}", sqlite3_errmsg(handle),
                     has_cause ? fmt::format(" ({})", std::strerror(system_error)) : "");
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

Database::Database(const std::filesystem::path& path, int flags) : path_(path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(trusted_path(path).c_str(), &handle, flags | SQLITE_OPEN_NOFOLLOW, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK || !add_checksum(handle)) fail();
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
}

void Database::fail() const {
  throw DatabaseError(fmt::format("{}: {}", path_.string(), reason_of(handle_.get())));
}

Connection::Connection(const std::filesystem::path& path, Mode mode)
    : database_(std::make_shared<Database>(
          path, mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) {}

void Connection::execute(const std::string& sql) {
  if (sqlite3_exec(database_->handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    database_->fail();
}

Statement Connection::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_->handle(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    database_->fail();
  return {database_, statement};
}

Statement& Connection::prepared(const std::string& sql) {
  const auto found = prepared_.find(sql);
  return found != prepared_.end() ? found->second : prepared_.emplace(sql, prepare(sql)).first->second;
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) database_->fail();
}

void Statement::reset() {
  // Its code repeats an error of the last step, which has been thrown.
  sqlite3_reset(handle_.get());
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->fail();
  reset();
  return false;
}

void Statement::bind_one(int i, std::string_view value) {
  check(sqlite3_bind_text64(handle_.get(), i, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Statement::bind_one(int i, std::int64_t value) { check(sqlite3_bind_int64(handle_.get(), i, value)); }
void Statement::bind_one(int i, double value) { check(sqlite3_bind_double(handle_.get(), i, value)); }
void Statement::bind_one(int i, std::nullptr_t) { check(sqlite3_bind_null(handle_.get(), i)); }

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))) : "";
}
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }
bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    connection_.execute("ROLLBACK");
  } catch (const DatabaseError&) {
    // A full disk may have rolled it back already; what matters is the first error.
  }
}

void Transaction::commit() {
  connection_.execute("COMMIT");
  open_ = false;
}

}  // namespace weir::sweep
