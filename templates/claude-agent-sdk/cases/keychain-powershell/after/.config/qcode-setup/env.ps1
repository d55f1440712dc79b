$env:ANTHROPIC_BASE_URL = 'https://api.qcode.cc/api'
$env:ANTHROPIC_AUTH_TOKEN = & 'npx' '--yes' '--prefer-offline' 'qcode-setup@VERSION' 'key' 'get'
