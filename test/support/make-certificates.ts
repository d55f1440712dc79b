import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

export interface Certificates {
  /** Path of the authority's certificate, for NODE_EXTRA_CA_CERTS. */
  readonly authority: string
  /** For 127.0.0.1, localhost, gateway.invalid and *.qcode.cc. */
  readonly good: { readonly key: string; readonly cert: string }
  readonly expired: { readonly key: string; readonly cert: string }
  readonly otherName: { readonly key: string; readonly cert: string }
  drop(): void
}

/** An authority that nobody trusts, and certificates of its making; by the openssl program. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = mkdtempSync(join(tmpdir(), 'qcode-certificates-'))
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: folder })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=test authority',
  )
  const issue = async (name: string, names: string, days: string) => {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\n`)
    await openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=test')
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days]
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`]
    await openssl('x509', '-req', ...signer, ...files)
    const read = (ending: string) => readFileSync(join(folder, `${name}.${ending}`), 'utf8')
    return { key: read('key'), cert: read('pem') }
  }
  const here = 'IP:127.0.0.1,DNS:localhost,DNS:gateway.invalid,DNS:*.qcode.cc'
  return {
    authority: join(folder, 'ca.pem'),
    good: await issue('good', here, '2'),
    expired: await issue('expired', here, '-1'),
    otherName: await issue('other', 'DNS:elsewhere.invalid', '2'),
    drop: () => rmSync(folder, { recursive: true, force: true }),
  }
}
