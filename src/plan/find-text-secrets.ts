import { Secret } from '../secrets/secret.ts'
import { findSecrets } from './display-value.ts'

const assigned = /([\w-]+)["'`]?\]?\s*[:=,]?\s*["'`]?([^\s"'`,;]{8,})/g
const userInUrl = /:\/\/([^/?#\s"'`@]+)@/g

/** Every secret in a text of any kind: what stands behind a name that says secret, and the user part of a URL. */
export function findTextSecrets(text: string): Secret[] {
  const values = [...text.matchAll(assigned)].flatMap(([, name = '', value = '']) =>
    findSecrets({ [name]: value }),
  )
  return [...values, ...[...text.matchAll(userInUrl)].map(([, user = '']) => new Secret(user))]
}
