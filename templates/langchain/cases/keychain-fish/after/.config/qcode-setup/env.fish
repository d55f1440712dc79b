set -gx OPENAI_API_BASE 'https://api.qcode.cc/openai/v1'
set -gx OPENAI_BASE_URL 'https://api.qcode.cc/openai/v1'
set -gx OPENAI_API_KEY ('npx' '--yes' '--prefer-offline' '--package=qcode-setup@VERSION' '--package=@napi-rs/keyring@VERSION' 'qcode-setup' 'key' 'get')
set -gx ANTHROPIC_API_URL 'https://api.qcode.cc/api'
set -gx ANTHROPIC_BASE_URL 'https://api.qcode.cc/api'
set -gx ANTHROPIC_API_KEY ('npx' '--yes' '--prefer-offline' '--package=qcode-setup@VERSION' '--package=@napi-rs/keyring@VERSION' 'qcode-setup' 'key' 'get')
