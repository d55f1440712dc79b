// THIRD_PARTY_LICENSES: for each package that ships its name, version, licence and the texts that come with it.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Contrib } from '@cyclonedx/cyclonedx-library'
import { label } from './find-packages.mjs'

/** All permissive: they ask for their text to be passed on, and for no more. */
const allowed = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0']
const gatherer = new Contrib.License.Utils.LicenseEvidenceGatherer()
const rule = '-'.repeat(80)

/**
 * Throws where a licence is none of those allowed, or its text is missing.
 * @param {readonly import('./find-packages.mjs').ShippedPackage[]} packages
 */
export function collectLicences(packages) {
  const refused = packages.filter(({ manifest }) => !allowed.includes(manifest.license))
  if (refused.length > 0) {
    const named = refused.map((each) => `${label(each)} (${each.manifest.license ?? 'none'})`)
    throw new Error(`Not among the licences that may ship (${allowed.join(', ')}): ${named.join(', ')}`)
  }
  const head = 'qcode-setup is under the licence in LICENSE. It contains or installs these packages:'
  return [head, ...packages.map(describe)].join(`\n\n${rule}\n\n`)
}

function describe(each) {
  const place = each.optional ? 'optional, installed beside this program' : 'part of this program'
  const texts = [...gatherer.getFileAttachments(each.folder)].map(({ text }) => decode(text))
  return [
    `${label(each)} - ${each.manifest.license} - ${place}`,
    ...(texts.length > 0 ? texts : [textOfOurs(each)]),
  ].join('\n\n')
}

function decode({ content }) {
  return Buffer.from(content, 'base64').toString('utf8').replaceAll('\r\n', '\n').trim()
}

/** For a package without a licence file: the text of the licence that its package.json names. */
function textOfOurs(each) {
  const file = fileURLToPath(new URL(`licence-texts/${each.manifest.name}.txt`, import.meta.url))
  if (!existsSync(file)) throw new Error(`${label(each)} has no licence file; its text belongs in ${file}`)
  return readFileSync(file, 'utf8').trim()
}
