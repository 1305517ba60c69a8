# Completion of weir in bash: the program itself says what may stand where.
_weir() {
  local cur prev words cword found
  _init_completion -n : || return
  mapfile -t found < <("${words[0]}" --complete "${words[@]:1:cword}" 2>/dev/null)
  if [ ${#found[@]} -gt 0 ] && [ "${found[-1]}" = :files ]; then
    unset 'found[-1]'
    _filedir
  fi
  COMPREPLY+=("${found[@]}")
  case ${found[0]-} in *:) compopt -o nospace ;; esac
  __ltrim_colon_completions "$cur"
}
complete -F _weir weir
