import * as z from 'zod/mini'
import type { Proof } from './proof.ts'
import { plainText, programName } from './schema-parts.ts'

const argument = z
  .string()
  .check(z.refine(hasKnownPlaceholders, 'may hold {{ prompt }} and {{ script }}, and no other placeholder'))

/** A `[[prove]]` section of a manifest. The meaning of every field is told in proof.ts. */
const proofSchema = z.strictObject({
  client: z.exactOptional(z.string()),
  commands: z.exactOptional(z.array(programName).check(z.minLength(1))),
  args: z._default(z.array(argument), []),
  env: z._default(z.record(z.string(), plainText), {} as never),
  script: z.exactOptional(
    z.string().check(z.regex(/^\w[\w.-]*$/, 'must be the name of a file in this folder')),
  ),
  in_project: z._default(z.boolean(), false),
  protocol: z.exactOptional(z.enum(['anthropic-messages', 'openai-chat', 'openai-responses'])),
  variants: z.exactOptional(z.array(z.string()).check(z.minLength(1))),
  timeout: z._default(z.number().check(z.positive(), z.maximum(600)), 60),
})

/** The field of a manifest that is for `prove`. */
export const proofFields = { prove: z._default(z.array(proofSchema), []) }

/** What the rest of the manifest says about the client of a proof. */
interface Tool {
  readonly title: string
  readonly detect: { readonly commands: readonly string[] }
}

/** A checked `[[prove]]` section as a Proof; `readScript` gives the text of a file of the tool's folder. */
export function compileProof(
  { client, commands, script, in_project, ...rest }: z.infer<typeof proofSchema>,
  { title, detect }: Tool,
  readScript: (name: string) => string,
): Proof {
  return {
    ...rest,
    client: client ?? title,
    commands: commands ?? detect.commands,
    inProject: in_project,
    ...(script !== undefined && { script: readScript(script) }),
  }
}

function hasKnownPlaceholders(text: string): boolean {
  return [...text.matchAll(/\{\{(.*?)\}\}/g)].every(([, name = '']) => /^ (prompt|script) $/.test(name))
}
