#pragma once

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::test {

namespace fs = std::filesystem;

inline std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder that is gone at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "weir-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const fs::path& path() const { return path_; }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  /// Names of all that is in it.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(path_)) found.push_back(entry.path().filename().string());
    return found;
  }

 private:
  fs::path path_;
};

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

/// Runs a shell command in the source tree.
inline Outcome shell(const std::string& command) {
  const TemporaryFolder folder;
  const auto out = folder.path() / "out", err = folder.path() / "err";
  const int status = std::system(fmt::format("cd '{}' && ({}) >'{}' 2>'{}' </dev/null", WEIR_SOURCE_DIR,
                                             command, out.string(), err.string())
                                     .c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(out), read_file(err)};
}

/// Runs weir in the source tree; no argument may have an apostrophe.
inline Outcome weir(const std::vector<std::string>& arguments) {
  std::string command = fmt::format("'{}'", WEIR_PROGRAM);
  for (const auto& argument : arguments) command += fmt::format(" '{}'", argument);
  return shell(command);
}

/// Arguments of a run on the shipped files, and more of them.
inline std::vector<std::string> run_arguments(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"run",     "--accelerator", "eyeriss", "--workload",
                                        "alexnet", "--batch",       "4"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The folder with the shipped mappings, and the name of the dataflow they belong to.
inline const std::string kDataflow = "row-stationary";
inline const std::string kMappings = "dataflows/" + kDataflow + "/mappings/eyeriss/alexnet.yaml";

}  // namespace weir::test
