# Tab completion of dialpad for bash 3.2 and later.
# Load it now:     source <(dialpad completion bash)
# In bash 3.2:     eval "$(dialpad completion bash)"
# Load it always:  add that line to ~/.bashrc

_dialpad() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = "@files" ]; then
      _dialpad_files
      return
    fi
    COMPREPLY[${#COMPREPLY[@]}]=$line
  done < <("${COMP_WORDS[0]}" completion --complete bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

# Files, after an "@" as well: bash takes words apart there, and yet replaces what is typed from it on.
_dialpad_files() {
  local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at="" path
  case $before in *@) at=@ ;; esac
  case $cur in *@*) at=@ cur=${cur#*@} ;; esac
  while IFS= read -r path; do
    if [ -n "$at" ]; then
      if [ -d "$path" ]; then path=$path/; fi
      path=@$(printf %q "$path")
    fi
    COMPREPLY[${#COMPREPLY[@]}]=$path
  done < <(compgen -f -- "$cur")
  if ! type compopt >/dev/null 2>&1; then return; fi
  case $at${COMPREPLY[0]} in
    @*/) compopt -o nospace 2>/dev/null ;;
    @*) ;;
    *) compopt -o filenames 2>/dev/null ;;
  esac
  return 0
}

complete -F _dialpad dialpad
