# >>> qcode-setup >>>
# Loads the settings that qcode-setup wrote. Take this block out with: qcode-setup remove
if (Test-Path -LiteralPath '/HOME/.config/qcode-setup/env.ps1') { . '/HOME/.config/qcode-setup/env.ps1' }
# <<< qcode-setup <<<
