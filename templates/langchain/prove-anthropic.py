import sys
from importlib.metadata import version

try:
    from langchain_anthropic import ChatAnthropic
except ImportError as error:
    print("missing:", error)
    sys.exit()

print("version:", version("langchain-anthropic"))
print(ChatAnthropic(model="claude-opus-5", max_retries=0).invoke(sys.argv[1]).text)
