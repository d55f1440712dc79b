# Completion of qcode-setup for PowerShell, from 5.1 on. What is typed goes to the program on standard input: it may hold a
# key, and everybody on the machine can read a program's arguments.
Register-ArgumentCompleter -Native -CommandName 'qcode-setup' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $text = $commandAst.Extent.Text
  $length = $cursorPosition - $commandAst.Extent.StartOffset
  $line = if ($length -gt $text.Length) { "$text " } else { $text.Substring(0, [Math]::Max($length, 0)) }
  $utf8 = New-Object System.Text.UTF8Encoding $false
  $OutputEncoding = $utf8
  $consoleEncoding = [Console]::OutputEncoding
  try {
    [Console]::OutputEncoding = $utf8
    $answer = @($line | & 'qcode-setup' completion suggest powershell 2>$null)
  } finally {
    [Console]::OutputEncoding = $consoleEncoding
  }
  # Without a result PowerShell completes the name of a file, with its quotes.
  if ($answer.Count -eq 1 -and $answer[0] -eq ':path') { return }
  foreach ($each in $answer) {
    $value, $meaning = "$each" -split "`t", 2
    if (-not $value) { continue }
    if (-not $meaning) { $meaning = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $meaning)
  }
}
