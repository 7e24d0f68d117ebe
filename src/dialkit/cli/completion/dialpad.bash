# Tab completion of dialpad for bash 3.2 and later.
# Load it now:     source <(dialpad completion bash)
# In bash 3.2:     eval "$(dialpad completion bash)"
# Load it always:  add that line to ~/.bashrc

_dialpad() {
  local line dialpad=${COMP_WORDS[0]/#\~/$HOME}
  type -P "$dialpad" >/dev/null || dialpad=dialpad
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY[${#COMPREPLY[@]}]=$line
  done < <("$dialpad" completion --complete bash -- "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case ${COMPREPLY[0]-} in
    @files) _dialpad_files "${COMPREPLY[1]-}" ;;
    */) compopt -o nospace 2>/dev/null ;;
  esac
  return 0
}

_dialpad_files() {
  local path
  COMPREPLY=()
  while IFS= read -r path; do
    COMPREPLY[${#COMPREPLY[@]}]=$path
  done < <(compgen -f -- "$1")
  compopt -o filenames 2>/dev/null
}

complete -F _dialpad dialpad
