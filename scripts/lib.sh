# Shared by the scripts, which source it first: strict mode, the project's folder, messages.
set -euo pipefail
script=scripts/$(basename "$0")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1  # tests, too, print nothing but their results

say() { printf '%s\n' "$*"; }
fail() { printf '%s: error: %s\n' "$script" "$*" >&2; exit 2; }

# usage: prints the calling script's head comment
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$script"; }

# need TOOL...: fails when a tool is missing
need() {
  local tool
  for tool; do
    command -v "$tool" >/dev/null || fail "$tool not found: run scripts/setup --dev first"
  done
}

# quietly LOG COMMAND...: appends the command's output to LOG, and shows it when the command fails
quietly() {
  local log=$1 begin
  shift
  mkdir -p "$(dirname "$log")"
  touch "$log"
  begin=$(wc -l <"$log")
  printf '$ %s\n' "$*" >>"$log"
  "$@" >>"$log" 2>&1 </dev/null || {
    tail -n "+$((begin + 1))" "$log" >&2
    printf '%s: error: this failed: %s (log: %s)\n' "$script" "$*" "$log" >&2
    return 1
  }
}

# sources: every C++ file of the project, one a line
sources() {
  local folders=(src tests)
  [ ! -d bench ] || folders+=(bench)
  find "${folders[@]}" -type f \( -name '*.h' -o -name '*.cpp' \) | sort
}
