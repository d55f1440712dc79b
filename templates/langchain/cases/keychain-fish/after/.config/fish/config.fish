# >>> qcode-setup >>>
# Loads the settings that qcode-setup wrote. To remove this block: qcode-setup remove
if test -n "$HOME"; and test -r "$HOME/.config/qcode-setup/env.fish"; source "$HOME/.config/qcode-setup/env.fish"; end
# <<< qcode-setup <<<
