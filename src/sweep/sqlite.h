#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace weir::sweep {

/// A database file that cannot be read or written; what() is one line with the path and the reason.
class DatabaseError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Statement;

/// A connection to an SQLite file.
class Connection {
 public:
  enum class Mode : std::uint8_t { read, write };
  /// Mode::write makes the file when there is none.
  Connection(const std::filesystem::path& path, Mode mode);

  /// Runs statements that give no rows.
  void execute(const std::string& sql);
  Statement prepare(const std::string& sql);
  const std::filesystem::path& path() const { return path_; }
  [[noreturn]] void fail() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement: bind all its parameters, then step.
class Statement {
 public:
  Statement(const Connection& connection, sqlite3_stmt* handle) : connection_(connection), handle_(handle) {}

  /// Begins anew, with these values for the parameters in order; a std::nullptr_t is NULL.
  template <typename... Values>
  Statement& bind(const Values&... values) {
    reset();
    int i = 0;
    (bind_one(++i, values), ...);
    return *this;
  }
  /// Whether there is a (further) row.
  bool step();
  void run() { step(); }

  std::string text(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  void reset();
  void bind_one(int i, std::string_view value);
  void bind_one(int i, std::int64_t value);
  void bind_one(int i, double value);
  void bind_one(int i, std::nullptr_t);
  void check(int code) const;

  const Connection& connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// All that is written until commit(), or nothing.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace weir::sweep
