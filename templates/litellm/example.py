from litellm import completion

# `stream` is passed explicitly: left out, the gateway may never end its reply.
gpt = completion(
    model="openai/" + {{ model }},
    api_base={{ baseUrl }},
    api_key={{ key }},
    messages=[{"role": "user", "content": "Say pong."}],
    stream=True,
)
print("".join(part.choices[0].delta.content or "" for part in gpt))

claude = completion(
    model="anthropic/" + {{ model:anthropic-messages }},
    api_base={{ baseUrl:anthropic-messages }},
    api_key={{ key }},
    messages=[{"role": "user", "content": "Say pong."}],
)
print(claude.choices[0].message.content)
