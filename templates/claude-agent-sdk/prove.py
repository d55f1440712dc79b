import os
import sys
from importlib.metadata import version

try:
    import anyio
    from claude_agent_sdk import ClaudeAgentOptions, ResultMessage, query
except ImportError as error:
    print("missing:", error)
    sys.exit()

print("version:", version("claude-agent-sdk"))
# Away from the project, whose own settings would count as well.
options = ClaudeAgentOptions(cwd=os.environ["HOME"], setting_sources=["user"])


async def main():
    async for message in query(prompt=sys.argv[1], options=options):
        if isinstance(message, ResultMessage):
            print(message.result)


anyio.run(main)
