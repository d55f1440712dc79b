import sys
from importlib.metadata import version

try:
    from litellm import completion
except ImportError as error:
    print("missing:", error)
    sys.exit()

print("version:", version("litellm"))
messages = [{"role": "user", "content": sys.argv[1]}]
reply = completion(model="anthropic/claude-opus-5", messages=messages, num_retries=0, max_retries=0)
print(reply.choices[0].message.content)
