import sys
from importlib.metadata import version

try:
    from litellm import completion
except ImportError as error:
    print("missing:", error)
    sys.exit()

print("version:", version("litellm"))
messages = [{"role": "user", "content": sys.argv[1]}]
reply = completion(model="openai/gpt-5.5", messages=messages, stream=True, num_retries=0, max_retries=0)
print("".join(part.choices[0].delta.content or "" for part in reply))
