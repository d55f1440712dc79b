$env:ANTHROPIC_BASE_URL = 'https://api.qcode.cc/api'
$env:ANTHROPIC_AUTH_TOKEN = & 'npx' '--yes' '--prefer-offline' '--package=qcode-setup@VERSION' '--package=@napi-rs/keyring@VERSION' 'qcode-setup' 'key' 'get'
