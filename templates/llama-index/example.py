from llama_index.llms.anthropic import Anthropic
from llama_index.llms.openai_like import OpenAILike

# OpenAI of llama_index knows the names of its vendor's models only; OpenAILike takes any.
gpt = OpenAILike(api_base={{ baseUrl }}, api_key={{ key }}, model={{ model }}, is_chat_model=True)
print(gpt.complete("Say pong."))

claude = Anthropic(
    base_url={{ baseUrl:anthropic-messages }},
    api_key={{ key }},
    model={{ model:anthropic-messages }},
)
print(claude.complete("Say pong."))
