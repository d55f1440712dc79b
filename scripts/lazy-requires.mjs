// A plugin for rolldown: what a file of the bundle takes from another one or from a part of Node is loaded when a function first
// uses it, and not before. A command runs a small part of what it could run; most of a start was loading the rest.

const required = /^(?:const|let) ([\w$]+) = (require\("[^"]+"\));$/gm
/** A package in CommonJS, whose code stands in a function of its own. */
const wrapped =
  /^var (import_[\w$]+) = (?:\/\* @__PURE__ \*\/ )?((?:require_rolldown_runtime\.[\w$]+\()?[\w$]+(?:\(\))?\.[\w$]+\(\)(?:, 1)?\)?);$/gm
/** They are part of every start of Node, or of ours. */
const always = /"(?:node:(?:fs|path|process)|\.\/rolldown-runtime.*)"/

export const lazyRequires = {
  name: 'lazy-requires',
  renderChunk: (code) => ({ code: loadLater(loadLater(code, required), wrapped), map: null }),
}

function loadLater(code, pattern) {
  return [...code.matchAll(pattern)].reduce((text, [line, name, load]) => {
    const rest = text.replace(line, '')
    if (always.test(load) || !isOnlyRead(rest, name)) return text
    const later = `let ${name}$held; function ${name}() { return ${name}$held ??= ${load}; }`
    return rest
      .replaceAll(uses(name), (_, before = '') => (before ? `${before}(${name}())` : `${name}()`))
      .replace(/^(?:"use strict";)?/, (start) => `${start}${later}`)
  }, code)
}

/** In code without comments; a name of another thing has a letter or a dot before it, though not those of `...`. */
function uses(name) {
  return new RegExp(
    String.raw`(?<![\w$]|(?<!\.\.)\.)(new )?${name.replaceAll('$', String.raw`\$`)}(?![\w$])`,
    'g',
  )
}

/** Whether all that is done with it is to take something out of it: then it does not matter when it is loaded. */
function isOnlyRead(code, name) {
  return [...code.matchAll(uses(name))].every(({ 0: use, index }) => code[index + use.length] === '.')
}
