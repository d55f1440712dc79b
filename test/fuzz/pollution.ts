import assert from 'node:assert/strict'

const shared = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Object]
const names = shared.map((object) => Reflect.ownKeys(object).length)

/** Throws when anything was put on what every object inherits from. */
export function assertNotPolluted(): void {
  for (const [index, object] of shared.entries()) {
    assert.equal(Reflect.ownKeys(object).length, names[index], 'a prototype was changed')
  }
}
