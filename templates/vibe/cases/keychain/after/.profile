# >>> qcode-setup >>>
# Loads the settings that qcode-setup wrote. To remove this block: qcode-setup remove
if [ -n "${HOME-}" ] && [ -r "$HOME/.config/qcode-setup/env.sh" ]; then . "$HOME/.config/qcode-setup/env.sh"; fi
# <<< qcode-setup <<<
