export COPILOT_PROVIDER_TYPE='anthropic'
export COPILOT_PROVIDER_BASE_URL='https://api.qcode.cc/api'
export COPILOT_PROVIDER_API_KEY="$('npx' '--yes' '--prefer-offline' '--package=qcode-setup@VERSION' '--package=@napi-rs/keyring@VERSION' 'qcode-setup' 'key' 'get')"
export COPILOT_MODEL='claude-sonnet-5'
