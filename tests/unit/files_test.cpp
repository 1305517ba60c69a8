#include "report/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <functional>

#include "support/program.h"

namespace weir::report {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

/// What can stand where a file is to be written.
struct Kind {
  std::string name;
  std::function<void(const TemporaryFolder&)> make;  ///< as `out` in the folder
  bool written;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

void make_fifo(const TemporaryFolder& folder) { ::mkfifo((folder.path() / "out").c_str(), 0666); }

void make_socket(const TemporaryFolder& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (folder.path() / "out").string();
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ::close(descriptor);
}

const std::vector<Kind> kKinds = {
    {"Nothing", [](const TemporaryFolder&) {}, true},
    {"File", [](const TemporaryFolder& f) { f.write("out", "old, and longer than what comes"); }, true},
    {"LinkToFile",
     [](const TemporaryFolder& f) {
       f.write("file", "old, and longer than what comes");
       fs::create_symlink("file", f.path() / "out");
     },
     true},
    {"LinkToNothing", [](const TemporaryFolder& f) { fs::create_symlink("file", f.path() / "out"); }, true},
    {"LinkToLink",
     [](const TemporaryFolder& f) {
       fs::create_directory(f.path() / "in");
       fs::create_symlink("../file", f.path() / "in" / "link");
       fs::create_symlink("in/link", f.path() / "out");
     },
     true},
    {"LinkToDevice", [](const TemporaryFolder& f) { fs::create_symlink("/dev/null", f.path() / "out"); },
     true},
    {"LinkToItself", [](const TemporaryFolder& f) { fs::create_symlink("out", f.path() / "out"); }, false},
    {"Fifo", make_fifo, true},
    {"FifoThatNobodyReads", make_fifo, false},
    {"Socket", make_socket, false},
    {"Folder", [](const TemporaryFolder& f) { fs::create_directory(f.path() / "out"); }, false},
};

class Targets : public testing::TestWithParam<Kind> {};

/// What stands there stays what it is: only files are replaced.
TEST_P(Targets, AreWrittenOrRefusedAndNeverReplaced) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  GetParam().make(folder);
  const bool was_there = fs::exists(fs::symlink_status(out));
  const fs::file_type type = was_there ? fs::symlink_status(out).type() : fs::file_type::regular;
  const int reader = GetParam().name == "Fifo" ? ::open(out.c_str(), O_RDONLY | O_NONBLOCK) : -1;
  const auto names = folder.names().size();

  bool written = true;
  try {
    check_file(out);
    write_files(folder.path(), {{"other", "beside"}, {"out", "text"}});
  } catch (const FileError& error) {
    written = false;
    EXPECT_EQ(std::string(error.what()).rfind("cannot write " + out.string(), 0), 0U) << error.what();
  }
  EXPECT_EQ(written, GetParam().written);
  EXPECT_EQ(fs::exists(folder.path() / "other"), written) << "all or nothing";
  EXPECT_EQ(fs::symlink_status(out).type(), type);
  EXPECT_LE(folder.names().size(), names + (written ? 2 : 0)) << "nothing is left over";
  for (const fs::path& file : {out, folder.path() / "file"}) {
    if (fs::symlink_status(file).type() == fs::file_type::regular) {
      EXPECT_EQ(test::read_file(file), "text");
    }
  }
  if (reader >= 0) {
    std::string got(10, ' ');
    got.resize(static_cast<std::size_t>(::read(reader, got.data(), got.size())));
    EXPECT_EQ(got, "text");
    ::close(reader);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Targets, testing::ValuesIn(kKinds),
                         [](const auto& kind) { return kind.param.name; });

/// A device of the test's own: that of the machine is not to be risked.
TEST(Files, ADeviceStays) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "null";
  if (::mknod(out.c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0) GTEST_SKIP() << "only root makes devices";
  write_file(out, "text");
  EXPECT_EQ(fs::status(out).type(), fs::file_type::character);
  ASSERT_EQ(::mknod((folder.path() / "disk").c_str(), S_IFBLK | 0666, makedev(7, 250)), 0);
  EXPECT_THROW(write_file(folder.path() / "disk", "text"), FileError);
  EXPECT_EQ(fs::status(folder.path() / "disk").type(), fs::file_type::block);
}

/// As of `weir map --out /dev/stdout >file`: the table and the mappings are both in the file.
TEST(Files, WhatTheStandardOutputGoesToIsAddedTo) {
  const auto outcome = test::weir({"map", "--accelerator", "eyeriss", "--workload", "alexnet", "--dataflow",
                                   test::kDataflow, "--layer", "fc8", "--out", "/dev/stdout"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto table = outcome.out.find("legal mappings"), mapping = outcome.out.find("\nmappings:\n  fc8:");
  EXPECT_LT(table, mapping);
  EXPECT_NE(mapping, std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace weir::report
