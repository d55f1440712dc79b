# Completion of qcode-setup for nushell, from 0.108 on. What is typed goes to the program on standard input: it may hold a
# key, and everybody on the machine can read a program's arguments.
def "nu-complete qcode-setup" [spans: list<string>] {
  let answer = $spans | str join " " | ^qcode-setup completion suggest nushell | complete
  let lines = $answer.stdout | lines
  # Without an answer nushell completes the name of a file, with its quotes.
  if $lines == [":path"] { return null }
  $lines | each {|line|
    let parts = $line | split row "\t"
    { value: $parts.0, description: ($parts | get --optional 1 | default "") }
  }
}

@complete "nu-complete qcode-setup"
export extern qcode-setup [...words: string]
