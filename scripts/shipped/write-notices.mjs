import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectLicences } from './collect-licences.mjs'
import { findPackages } from './find-packages.mjs'
import { makeSbom } from './make-sbom.mjs'

/** Writes THIRD_PARTY_LICENSES and sbom.cdx.json for the bundle whose output of rolldown this is. */
export function writeNotices(output, root) {
  const packages = findPackages(output, root)
  const program = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(root, 'THIRD_PARTY_LICENSES'), `${collectLicences(packages)}\n`)
  writeFileSync(join(root, 'sbom.cdx.json'), makeSbom(program, packages))
}
