export ANTHROPIC_BASE_URL='https://api.qcode.cc/api'
export ANTHROPIC_API_KEY="$('npx' '--yes' '--prefer-offline' 'qcode-setup@VERSION' 'key' 'get')"
