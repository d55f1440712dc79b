import sys

try:
    import anthropic
except ImportError as error:
    print("missing:", error)
    sys.exit()

print("version:", anthropic.__version__)
messages = [{"role": "user", "content": sys.argv[1]}]
client = anthropic.Anthropic(max_retries=0)
reply = client.messages.create(model="claude-opus-5", max_tokens=16, messages=messages, stream=False)
print(reply.content[0].text)
