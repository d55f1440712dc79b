import sys
from importlib.metadata import version

try:
    from llama_index.llms.openai import OpenAI
except ImportError as error:
    print("missing:", error)
    sys.exit()

print("version:", version("llama-index-llms-openai"))
print(OpenAI(model="gpt-4.1", max_retries=0).complete(sys.argv[1]))
