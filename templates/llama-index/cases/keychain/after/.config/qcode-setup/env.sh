export OPENAI_API_BASE='https://api.qcode.cc/openai/v1'
export OPENAI_BASE_URL='https://api.qcode.cc/openai/v1'
export OPENAI_API_KEY="$('npx' '--yes' '--prefer-offline' '--package=qcode-setup@VERSION' '--package=@napi-rs/keyring@VERSION' 'qcode-setup' 'key' 'get')"
export ANTHROPIC_BASE_URL='https://api.qcode.cc/api'
export ANTHROPIC_API_KEY="$('npx' '--yes' '--prefer-offline' '--package=qcode-setup@VERSION' '--package=@napi-rs/keyring@VERSION' 'qcode-setup' 'key' 'get')"
