import sys
from importlib.metadata import version

try:
    from langchain_openai import ChatOpenAI
except ImportError as error:
    print("missing:", error)
    sys.exit()

print("version:", version("langchain-openai"))
prompt = sys.argv[1]
# A model name that holds `codex` goes to the Responses route.
for model in ["gpt-5.5", "gpt-5-codex"]:
    print(ChatOpenAI(model=model, max_retries=0, streaming=False).invoke(prompt).text)
