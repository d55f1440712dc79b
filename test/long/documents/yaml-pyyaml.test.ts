import { spawnSync } from 'node:child_process'

import { expect, it } from 'vitest'
import type { KeyPath, Value } from '../../../src/documents/document.ts'
import { yamlFormat } from '../../../src/documents/yaml/yaml-format.ts'
import { check } from '../../unit/documents/json/laws.ts'
import { keys, wildYaml } from '../../unit/documents/yaml/yaml-arbitrary.ts'

interface Trip {
  readonly before: string
  readonly after: string
  readonly path: KeyPath
  readonly value: Value
}

/** Prints how many of the texts PyYAML can read, and those edits that it does not understand as they were meant. */
const judge = `
import json, sys, yaml

def put(data, path, value):
    for key in path[:-1]:
        data = data.setdefault(key, {})
    data[path[-1]] = value

read, wrong = 0, []
for trip in json.load(sys.stdin):
    try:
        wanted = yaml.safe_load(trip["before"])
    except Exception:
        continue
    read += 1
    wanted = {} if wanted is None else wanted
    put(wanted, trip["path"], trip["value"])
    try:
        if yaml.safe_load(trip["after"]) != wanted:
            wrong.append(trip)
    except Exception:
        wrong.append(trip)
print(json.dumps({"read": read, "wrong": wrong}))
`

const hasPyYaml = spawnSync('python3', ['-c', 'import yaml']).status === 0

it.skipIf(!hasPyYaml)(
  'is understood by PyYAML, a reader of YAML 1.1 that shares no code with the editor',
  () => {
    const trips: Trip[] = []
    check({ name: 'PyYAML', format: yamlFormat, texts: wildYaml, keys }, ({ text, path, value }) => {
      const document = yamlFormat.open(text, 'f')
      document.set(path, value)
      trips.push({ before: text, after: document.toText(), path, value })
    })
    const { stdout } = spawnSync('python3', ['-c', judge], { input: JSON.stringify(trips), encoding: 'utf8' })
    const { read, wrong } = JSON.parse(stdout)
    expect(wrong).toEqual([])
    expect(read).toBeGreaterThan(trips.length / 2)
  },
)
