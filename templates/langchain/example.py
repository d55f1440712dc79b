from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI

# `streaming` is passed explicitly: left out, the gateway may never end its reply.
gpt = ChatOpenAI(
    base_url={{ baseUrl }},
    api_key={{ key }},
    model={{ model }},
    streaming=True,
)
print(gpt.invoke("Say pong.").content)

claude = ChatAnthropic(
    base_url={{ baseUrl:anthropic-messages }},
    api_key={{ key }},
    model={{ model:anthropic-messages }},
)
print(claude.invoke("Say pong.").content)
