import sys
from importlib.metadata import version

try:
    from llama_index.llms.anthropic import Anthropic
except ImportError as error:
    print("missing:", error)
    sys.exit()

print("version:", version("llama-index-llms-anthropic"))
print(Anthropic(model="claude-sonnet-4-5", max_retries=0).complete(sys.argv[1]))
