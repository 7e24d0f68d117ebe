# Tab completion of dialpad for bash 3.2 and later.
# Load it now:     source <(dialpad completion bash)
# In bash 3.2:     eval "$(dialpad completion bash)"
# Load it always:  add that line to ~/.bashrc

_dialpad() {
  local cur=${COMP_WORDS[COMP_CWORD]} line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = "@files" ]; then
      # "@" and "=" break words, so cur may or may not hold the "@" of @file.
      local at=""
      case $cur in @*) at=@ cur=${cur#@} ;; esac
      while IFS= read -r line; do
        COMPREPLY[${#COMPREPLY[@]}]=$at$line
      done < <(compgen -f -- "$cur")
      if type compopt >/dev/null 2>&1; then compopt -o filenames 2>/dev/null; fi
      return 0
    fi
    COMPREPLY[${#COMPREPLY[@]}]=$line
  done < <("${COMP_WORDS[0]}" completion --complete bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _dialpad dialpad
