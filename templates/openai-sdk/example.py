from openai import OpenAI

client = OpenAI(base_url={{ baseUrl }}, api_key={{ key }})

# `stream` is passed explicitly: left out, the gateway may never end its reply.
reply = client.chat.completions.create(
    model={{ model }},
    messages=[{"role": "user", "content": "Say pong."}],
    stream=False,
)
print(reply.choices[0].message.content)
