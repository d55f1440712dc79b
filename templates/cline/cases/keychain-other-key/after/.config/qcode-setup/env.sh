export ANTHROPIC_API_KEY="$('npx' '--yes' '--prefer-offline' 'qcode-setup@VERSION' 'key' 'get')"
