# Completion of qcode-setup for fish, from 3.0 on. What is typed goes to the program on standard input: it may hold a key, and
# everybody on the machine can read a program's arguments.
function __qcode_setup_complete
    set -l line (commandline -cp)
    set -l answer (printf '%s\n' $line | command qcode-setup completion suggest fish 2>/dev/null)
    if test "$answer" != ':path'
        printf '%s\n' $answer
        return
    end
    set -l word (commandline -ct)
    set -l flag (string match -r -- '^--[a-z-]+=' $word)
    for path in (__fish_complete_path (string replace -- "$flag" '' $word))
        printf '%s%s\n' "$flag" $path
    end
end
complete -c qcode-setup -f -a '(__qcode_setup_complete)'
