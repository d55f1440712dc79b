export ANTHROPIC_BASE_URL='https://api.qcode.cc/api'
export ANTHROPIC_AUTH_TOKEN='cr_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
