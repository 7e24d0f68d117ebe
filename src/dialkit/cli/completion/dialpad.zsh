#compdef dialpad
# Tab completion of dialpad for zsh 5.
# Load it now:     source <(dialpad completion zsh)
# Load it always:  dialpad completion zsh > "${fpath[1]}/_dialpad", then start a new shell

_dialpad() {
  local -a rows
  rows=("${(@f)$(dialpad completion --complete zsh -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ ${rows[1]} == '@files' ]]; then
    compset -P '*@'
    _files
  elif [[ -n ${rows[1]} ]]; then
    _describe -t values 'dialpad' rows
  fi
}

if [[ ${funcstack[1]} == _dialpad ]]; then
  _dialpad "$@"
elif (( $+functions[compdef] )); then
  compdef _dialpad dialpad
fi
