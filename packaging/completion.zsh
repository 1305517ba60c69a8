#compdef weir
# Completion of weir in zsh: the program itself says what may stand where.
local -a found
found=(${(f)"$($words[1] --complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
if [[ $found[-1] == :files ]]; then
  found[-1]=()
  _files
fi
compadd -a found
