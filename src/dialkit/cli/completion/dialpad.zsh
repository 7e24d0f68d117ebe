#compdef dialpad
# Tab completion of dialpad for zsh 5.
# Load it now:     source <(dialpad completion zsh)
# Load it always:  add that line to ~/.zshrc, below "autoload -Uz compinit && compinit"

_dialpad() {
  local -a rows
  local dialpad=${${(Q)words[1]}/#\~/$HOME}
  whence -p -- $dialpad >/dev/null || dialpad=dialpad
  # PREFIX: what stands before the cursor, without an open quote.
  rows=("${(@f)$($dialpad completion --complete zsh -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  if [[ ${rows[1]} == '@files' ]]; then
    compset -P '--*='
    compset -P '@'
    _files
  elif [[ -n ${rows[1]} ]]; then
    _describe -t values 'dialpad' rows
  fi
}

if [[ ${funcstack[1]} == _dialpad ]]; then
  _dialpad "$@"
elif (( $+functions[compdef] )); then
  compdef _dialpad dialpad
else
  print -u2 'dialpad: tab completion of zsh is not on; type first: autoload -Uz compinit && compinit'
fi
