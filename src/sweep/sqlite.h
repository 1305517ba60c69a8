#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace weir::sweep {

/// A database file that cannot be read or written; what() is one line with the path and the reason.
class DatabaseError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An open database, shared by its statements.
class Database {
 public:
  Database(const std::filesystem::path& path, int flags);
  [[noreturn]] void fail() const;
  sqlite3* handle() const { return handle_.get(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path path_;  ///< as asked for
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement: bind all its parameters, then step.
class Statement {
 public:
  Statement(std::shared_ptr<const Database> database, sqlite3_stmt* handle)
      : database_(std::move(database)), handle_(handle) {}

  /// Begins anew, with these values for the parameters in order; a std::nullopt is NULL.
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
  /// Ends a read before its last row, so that it holds nothing up.
  void reset();

  std::string text(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  void bind_one(int i, std::string_view value);
  void bind_one(int i, std::int64_t value);
  void bind_one(int i, double value);
  void bind_one(int i, std::nullptr_t);
  template <typename T>
  void bind_one(int i, const std::optional<T>& value) {
    if (value) {
      bind_one(i, *value);
    } else {
      bind_one(i, nullptr);
    }
  }
  void check(int code) const;

  std::shared_ptr<const Database> database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// A connection to an SQLite file. The path is trusted_path()'s, whatever leads there.
class Connection {
 public:
  enum class Mode : std::uint8_t { read, write };
  /// Mode::write makes the file when there is none.
  Connection(const std::filesystem::path& path, Mode mode);

  /// Runs statements that give no rows.
  void execute(const std::string& sql);
  Statement prepare(const std::string& sql);
  /// The same, kept for the next time.
  Statement& prepared(const std::string& sql);
  const std::filesystem::path& path() const { return database_->path(); }

 private:
  std::shared_ptr<const Database> database_;
  std::unordered_map<std::string, Statement> prepared_;
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
