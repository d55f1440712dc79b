import sys

try:
    import openai
except ImportError as error:
    print("missing:", error)
    sys.exit()

print("version:", openai.__version__)
prompt = sys.argv[1]
client = openai.OpenAI(max_retries=0)
messages = [{"role": "user", "content": prompt}]
chat = client.chat.completions.create(model="gpt-5.5", messages=messages, stream=False)
print(chat.choices[0].message.content)
print(client.responses.create(model="gpt-5.5", input=prompt, stream=False).output_text)
