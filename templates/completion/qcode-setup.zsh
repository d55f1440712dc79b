#compdef qcode-setup
# Completion of qcode-setup for zsh, from 5.0 on: a file of $fpath, or read by .zshrc. What is typed goes to the program on
# standard input: it may hold a key, and everybody on the machine can read a program's arguments.
_qcode-setup() {
  local answer line value
  local -a plain open
  answer=$(print -rn -- "${(j: :)words[1,CURRENT-1]} $PREFIX" | command qcode-setup completion suggest zsh 2>/dev/null)
  if [[ $answer == ':path' ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '--[a-z-]##='
    _files
    return
  fi
  for line in "${(@f)answer}"; do
    [[ -z $line ]] && continue
    value=${line%%$'\t'*}
    # A colon parts a value from what it means.
    line=${${line//:/\\:}/$'\t'/:}
    if [[ $value == *= ]]; then
      open+=("$line")
    else
      plain+=("$line")
    fi
  done
  local found=1
  (( $#plain )) && _describe -t values 'qcode-setup' plain && found=0
  (( $#open )) && _describe -t values 'qcode-setup' open -S '' && found=0
  return found
}
if [[ ${funcstack[1]} == _qcode-setup ]]; then
  _qcode-setup "$@"
else
  # Without a file of its own in the home.
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i -D; }
  compdef _qcode-setup qcode-setup
fi
