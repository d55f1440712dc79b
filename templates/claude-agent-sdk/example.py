import anyio
from claude_agent_sdk import ClaudeAgentOptions, query

options = ClaudeAgentOptions(
    env={
        "ANTHROPIC_BASE_URL": {{ baseUrl }},
        "ANTHROPIC_AUTH_TOKEN": {{ key }},
    },
)


async def main():
    async for message in query(prompt="Say pong.", options=options):
        print(message)


anyio.run(main)
