# >>> qcode-setup >>>
# Loads the settings that qcode-setup wrote. To remove this block: qcode-setup remove
if ($HOME -and (Test-Path -LiteralPath "$HOME/.config/qcode-setup/env.ps1")) { . "$HOME/.config/qcode-setup/env.ps1" }
# <<< qcode-setup <<<
