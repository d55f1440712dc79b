import type { $ZodError } from 'zod/v4/core'

/** The first thing that is wrong with a manifest, with the field that it is about. */
export function explainIssue({ issues }: $ZodError): string {
  const issue = issues[0]
  if (issue === undefined) return 'something is wrong'
  const field = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys.map((key) => [...issue.path, key].join('.'))
    return `there is no field ${unknown.join(' or ')}`
  }
  if (issue.code === 'invalid_value') return `${field} must be ${issue.values.map(String).join(' or ')}`
  if (issue.code === 'invalid_type') return `${field || 'the file'} must be a ${issue.expected}`
  return `${field} ${issue.message}`
}
