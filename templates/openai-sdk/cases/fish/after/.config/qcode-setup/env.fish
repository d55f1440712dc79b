set -gx OPENAI_BASE_URL 'https://api.qcode.cc/openai/v1'
set -gx OPENAI_API_BASE 'https://api.qcode.cc/openai/v1'
set -gx OPENAI_API_KEY 'cr_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
