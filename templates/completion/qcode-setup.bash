# Completion of qcode-setup for bash, from 3.2 on. What is typed goes to the program on standard input: it may hold a key, and
# everybody on the machine can read a program's arguments. Nothing of it is evaluated.
_qcode_setup() {
  local line=${COMP_LINE:0:$COMP_POINT} answer value rest breaks cut=''
  COMPREPLY=()
  answer=$(printf '%s' "$line" | command qcode-setup completion suggest bash 2>/dev/null)
  # With no reply bash completes the name of a file, with its quotes.
  [ "$answer" = ':path' ] && return 0
  type compopt >/dev/null 2>&1 && compopt +o default
  # Bash completes what follows the last `=` or `:` as a word of its own.
  line=${line##*[[:space:]]}
  breaks=${COMP_WORDBREAKS//[^=:]/}
  [ -n "$breaks" ] && cut=${line%"${line##*["$breaks"]}"}
  while IFS=$'\t' read -r value rest; do
    [ -n "$value" ] && COMPREPLY+=("${value#"$cut"}")
  done <<<"$answer"
  case ${COMPREPLY[0]-} in
    *=) type compopt >/dev/null 2>&1 && compopt -o nospace ;;
  esac
  return 0
}
complete -o default -F _qcode_setup qcode-setup
