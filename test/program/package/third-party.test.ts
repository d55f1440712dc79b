import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Schema, Validator } from '@cfworker/json-schema'
import type { OutputChunk } from 'rolldown'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../../support/run-program.ts'
import { bundleAgain, importScript, mappedFolders } from './bundled-packages.ts'

interface Component {
  readonly purl: string
  readonly scope: string
}

const sbomText = readFileSync(join(projectPath, 'sbom.cdx.json'), 'utf8')
const sbom = JSON.parse(sbomText) as { readonly components: readonly Component[] }
const licences = readFileSync(join(projectPath, 'THIRD_PARTY_LICENSES'), 'utf8')
const schemas = join(
  dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')),
  'res/schema',
)
/** The text of the licence that a package names: the words by which it is known. */
const knownBy: Readonly<Record<string, RegExp>> = {
  MIT: /Permission is hereby granted, free of charge/,
  ISC: /Permission to use, copy, modify,? and\/or distribute this software/,
  'BSD-2-Clause': /Redistribution and use in source and binary forms/,
  'BSD-3-Clause': /Neither the name|names of its\s+contributors/,
  'Apache-2.0': /Apache License\s+Version 2\.0/,
  'BlueOak-1.0.0': /Blue Oak Model License/,
}

let chunks: OutputChunk[] = []
let inBundle: Record<string, string>[] = []
beforeAll(async () => {
  chunks = await bundleAgain()
  inBundle = mappedFolders(chunks).map((folder) => manifestIn(join(projectPath, folder)))
  // Its runtime is in every bundle, and in no source map.
  inBundle.push(manifestIn(join(projectPath, 'node_modules/rolldown')))
})

describe('sbom.cdx.json', () => {
  it('names the packages that are in the bundle, and the optional one', () => {
    const named = (scope: string) =>
      sbom.components.filter((each) => each.scope === scope).map(({ purl }) => purl)
    expect(named('required').sort()).toEqual(inBundle.map(packageUrl).sort())
    expect(named('optional')).toEqual([expect.stringMatching(/^pkg:npm\/%40napi-rs\/keyring@/)])
  })

  it('is a CycloneDX document by its schema, which refuses a damaged one', () => {
    const validator = sbomValidator()
    expect(validator.validate(sbom).errors).toEqual([])
    const [first, ...rest] = sbom.components
    for (const spoilt of [
      { type: 'nonsense' },
      { name: undefined },
      { licenses: [{ license: { id: 'X' } }] },
    ]) {
      const components = JSON.parse(JSON.stringify([{ ...first, ...spoilt }, ...rest]))
      expect(validator.validate({ ...sbom, components }).valid, JSON.stringify(spoilt)).toBe(false)
    }
  })

  it('comes out the same from the same bundle', async () => {
    const { findPackages } = (await importScript('shipped/find-packages.mjs')) as Record<
      string,
      CallableFunction
    >
    const { makeSbom } = (await importScript('shipped/make-sbom.mjs')) as Record<string, CallableFunction>
    expect(makeSbom?.(manifestIn(projectPath), findPackages?.(chunks, projectPath))).toBe(sbomText)
  })
})

describe('THIRD_PARTY_LICENSES', () => {
  it('has the text of the licence of every package that ships', () => {
    const parts = licences.split(`\n${'-'.repeat(80)}\n`).slice(1)
    const wanted = [...inBundle, manifestIn(join(projectPath, 'node_modules/@napi-rs/keyring'))]
    expect(parts.length).toBe(wanted.length)
    for (const { name, version, license = '' } of wanted) {
      const part = parts.find((text) => text.startsWith(`\n${name}@${version} - ${license} - `))
      expect(part, `${name}@${version}`).toMatch(knownBy[license] ?? /$^/)
    }
  })

  it('is refused to a licence that may not ship, and to one without a text', async () => {
    const { collectLicences } = (await importScript('shipped/collect-licences.mjs')) as Record<
      string,
      CallableFunction
    >
    const folder = mkdtempSync(join(tmpdir(), 'qcode-licence-'))
    const collect = (license: string | undefined) => () =>
      collectLicences?.([{ folder, optional: false, manifest: { name: 'new', version: '1.0.0', license } }])
    try {
      expect(collect('MIT')).toThrow('new@1.0.0 has no licence file')
      writeFileSync(join(folder, 'LICENSE'), 'a text')
      expect(collect('MIT')()).toContain('new@1.0.0 - MIT - part of this program\n\na text')
      for (const license of ['GPL-3.0-only', 'AGPL-3.0', 'UNLICENSED', '(MIT OR GPL-2.0)', undefined]) {
        expect(collect(license)).toThrow(`new@1.0.0 (${license ?? 'none'})`)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

function sbomValidator(): Validator {
  const readSchema = (name: string) =>
    JSON.parse(readFileSync(join(schemas, `${name}.json`), 'utf8')) as Schema
  const validator = new Validator(readSchema('bom-1.6.SNAPSHOT.schema'), '7', false)
  for (const name of ['spdx.SNAPSHOT.schema', 'jsf-0.82.SNAPSHOT.schema']) {
    validator.addSchema(readSchema(name), `http://cyclonedx.org/schema/${name}.json`)
  }
  return validator
}

function packageUrl({ name = '', version }: Record<string, string>): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

function manifestIn(folder: string): Record<string, string> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
