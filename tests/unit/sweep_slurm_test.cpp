#include <gtest/gtest.h>

#include <cstdlib>

#include "support/program.h"
#include "sweep/slurm.h"

namespace weir::sweep {
namespace {

SlurmJob job_with(const std::string& database) {
  return {"s", "/tmp/a sweep's file.yaml", database, 3, {"--timeout", "5"}, {}};
}

/// The line of a script that begins with a text; the rest of it.
std::string line_with(const std::string& script, const std::string& begin) {
  const auto at = script.find("\n" + begin);
  if (at == std::string::npos) return "none";
  const auto from = at + 1 + begin.size();
  return script.substr(from, script.find('\n', from) - from);
}

TEST(SweepSlurm, SpacesAndPatternsOfThePathAreItsOwn) {
  const std::string script = slurm_script(job_with("/tmp/my results/100%A of it.sqlite"));
  EXPECT_EQ(line_with(script, "#SBATCH --output="), "\"/tmp/my results/100%%A of it.slurm-%A-%a.log\"");
  EXPECT_NE(script.find(" --database '/tmp/my results/100%A of it.sqlite' "), std::string::npos) << script;
  EXPECT_NE(script.find(" sweep '/tmp/a sweep'\\''s file.yaml' "), std::string::npos) << script;
}

TEST(SweepSlurm, TheShellGetsThePathsAsTheyAre) {
  const test::TemporaryFolder folder;
  std::string script = slurm_script(job_with("/tmp/$(touch oops) `x` 'y' #z.sqlite"));
  const auto exec = script.find("exec '");
  script.replace(exec, script.find("' ", exec) + 2 - exec, "printf '%s\\n' ");
  const auto file = folder.write("script", script), out = (folder.path() / "out").string();
  ASSERT_EQ(std::system(("SLURM_ARRAY_TASK_ID=2 sh " + file + " > " + out).c_str()), 0);
  EXPECT_EQ(test::read_file(out),
            "sweep\n/tmp/a sweep's file.yaml\n--database\n/tmp/$(touch oops) `x` 'y' "
            "#z.sqlite\n--shard\n2/3\n--jobs\n1\n"
            "--quiet\n--timeout\n5\n");
}

TEST(SweepSlurm, WhatSbatchCannotReadIsRefused) {
  for (const char* name : {"a\nb", "a\rb", "a\tb", "a\x7f", "a\"b", "a\\b"})
    EXPECT_THROW(slurm_script(job_with(std::string("/tmp/") + name + "/d.sqlite")), std::runtime_error)
        << name;
}

}  // namespace
}  // namespace weir::sweep
