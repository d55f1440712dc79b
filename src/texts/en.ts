// Every sentence that a user meets, in English, by where it is met. zh-CN.ts has the same ids. How to write one: verbs first, at
// most twenty words, one word for each thing (tool, base URL, key, change), what to type in full.

import { inShell } from './commands.ts'

/** What a text is filled in with. */
export type With<Name extends string> = Readonly<Record<Name, string>>

/** A key, masked, and the tools that have it. */
type KeyOfTools = With<'key'> & { readonly tools: readonly string[] }

type Count<Name extends string> = Readonly<Record<Name, number>>

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** `A`, `A and B`, `A, B and C`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

/** What a server said, at the end of a sentence; another one may follow. */
function quoted(said: string): string {
  return said === '' ? '.' : `: ${said}${/[.!?。！？…]$/.test(said) ? '' : '.'}`
}

/** Where a key came from, where that is worth saying. */
function from(source: string): string {
  return source && ` from ${source}`
}

/** What comes after a remedy, which is a sentence or a bare command. */
function after(remedy: string, words: string): string {
  return /\.$/.test(remedy)
    ? `${remedy} ${words.charAt(0).toUpperCase()}${words.slice(1)}`
    : `${remedy}; ${words}`
}

function alternatives(words: readonly string[]): string {
  return words.join(', ').replace(/, (?=[^,]+$)/, ', or ')
}

/** Why the key may not be there. */
function exposed(fault: string): string {
  return `${fault}, so the key could end up in a command line`
}

export const en = {
  language: 'en',

  // Questions of the wizard.
  'ask.intro':
    'Press Ctrl-C to quit at any time. Nothing is written until you review the changes and confirm.',
  'ask.keys.list': '↑/↓ to move · Enter to select',
  'ask.keys.search': 'Type to search · ↑/↓ to move · Enter to select',
  'ask.keys.ticks': 'Type to search · Space to toggle · Enter to continue',
  'ask.keys.back': 'Esc to go back',
  'ask.nothing-fits': 'No match. Press Backspace to search for something else.',
  'ask.yes': 'Yes',
  'ask.no': 'No',
  'ask.yes-or-no': 'Answer y or n.',
  'ask.tools': 'Which tools do you want to set up?',
  'ask.tools.short': 'Tools',
  'ask.tools.installed': ({ tool }: With<'tool'>) => `${tool} (installed)`,
  'ask.tools.missing': ({ tool }: With<'tool'>) => `${tool} (not installed)`,
  'ask.tools.more': ({ count: more }: Count<'count'>) => `Show ${count(more, 'more tool')}…`,
  'ask.tools.required': 'Select at least one tool (press Space).',
  'ask.region': 'Region',
  'ask.region.auto': 'Fastest: pick the encrypted region that responds first',
  'ask.region.auto.short': 'fastest',
  'ask.region.timed': ({ region, time }: With<'region' | 'time'>) => `${region} ${time}`,
  'ask.region.ms': ({ ms }: Count<'ms'>) => `(${ms} ms)`,
  'ask.region.wrong': '(not working right now)',
  'ask.region.silent': '(no response)',
  'ask.region.not-measured': '(not measured)',
  'ask.use-anyway': 'Use it anyway?',
  'ask.key': 'Paste your QCode.cc API key (cr_…, stays hidden; get one at qcode.cc)',
  'ask.key.short': 'QCode.cc API key',
  'ask.key.keep': ({ key }: With<'key'>) => `Keep ${key}`,
  'ask.key.other': 'Paste another key',
  'ask.switch': 'Switch to',
  'ask.switch.region': 'A region',
  'ask.key.cleaned': ({ around }: { readonly around: readonly string[] }) =>
    `Took only the key. Left out: ${around.join(' ')}`,
  'ask.key.odd': "This doesn't look like a QCode.cc key, which is cr_ followed by 64 hex digits.",
  'ask.key.from': ({ key, source }: With<'key' | 'source'>) => `${key} (from ${source})`,
  'ask.key.stdin': 'standard input',
  'ask.key.keychain': 'the keychain',
  'ask.key-store': 'Where should the key be stored?',
  'ask.key-store.short': 'Key store',
  'ask.key-store.file': "In each tool's settings file (readable only by you)",
  'ask.key-store.file.short': 'settings files',
  'ask.key-store.keychain': 'In the system keychain (tools read it from there)',
  'ask.key-store.keychain.short': 'system keychain',
  'ask.next': 'What do you want to do?',
  'ask.next.setup': 'Add or change tools',
  'ask.next.region': 'Switch to another region',
  'ask.next.key': 'Use another key',
  'ask.next.check': 'Test the gateway and the key',
  'ask.next.undo': 'Undo the last change',
  'ask.next.remove': 'Remove everything and restore the previous settings',
  'ask.next.quit': 'Quit',
  'ask.next.works': 'working',
  'ask.next.present': ({
    tools,
    place,
  }: {
    readonly tools: readonly string[]
    /** Region, key and state. */
    readonly place: readonly string[]
  }) => `${tools.join(', ')} → ${place.join(', ')}`,
  'ask.models': 'Which models should the tools use?',
  'ask.models.defaults': "Each tool's default (recommended)",
  'ask.models.as-set-up': 'As they are set up',
  'ask.models.choose': 'Choose for each tool',
  'ask.model': ({ tool }: With<'tool'>) => `Which model should ${tool} use?`,
  'ask.model.default': "Keep the tool's default",
  'ask.model.of': ({ tool }: With<'tool'>) => `Model for ${tool}`,
  'ask.model.short': 'Model',
  'ask.option': ({ tool, what }: With<'tool' | 'what'>) => `Optional for ${tool}. ${what}?`,
  'ask.option.short': ({ flag }: With<'flag'>) => `--${flag}`,
  'ask.confirm': 'Apply these changes?',
  'ask.confirm.apply': 'Apply',
  'ask.confirm.try': 'Try it first without changing anything',
  'ask.confirm.show': 'Show the changes',
  'ask.restore': 'Restore these files?',
  'ask.restore.apply': 'Restore',
  'ask.remove': 'Remove these settings?',
  'ask.remove.apply': 'Remove',
  'ask.back': 'Go back',
  'summary.uses': ({ tool, baseUrl, key, model }: With<'tool' | 'baseUrl' | 'key' | 'model'>) =>
    `${tool} → ${baseUrl}, ${key}, ${model}`,
  'summary.key-kept': 'same key as now',
  'summary.key-from-env': 'key from your environment',
  'summary.default-model': 'default model',
  'summary.replaces': 'Your values that will be replaced:',
  'summary.replaced': ({ path, key, from, to }: With<'path' | 'key' | 'from' | 'to'>) =>
    `${key}: ${from} → ${to} (${path})`,
  'summary.taken-out': ({ path, key, from }: With<'path' | 'key' | 'from'>) =>
    `${key}: ${from} → removed (${path})`,
  'summary.files': 'Files that will change:',
  'summary.created': 'new',
  'summary.changed': 'changed',
  'summary.deleted': 'deleted',
  'summary.more': ({ count }: Count<'count'>) => `… and ${count} more ("Show the changes")`,
  'ask.conflict.drift': ({ path, key }: With<'path' | 'key'>) =>
    `${path}: you changed ${key} after qcode-setup wrote it.`,
  'ask.conflict.guarded': ({ path, key }: With<'path' | 'key'>) =>
    `${path}: ${key} already has a value that qcode-setup didn't write.`,
  'ask.conflict.now': ({ value }: With<'value'>) => `now: ${value}`,
  'ask.conflict.wanted': ({ value }: With<'value'>) => `new: ${value}`,
  'ask.conflict.again': ({ command }: With<'command'>) => `to write it again: ${command}`,
  'ask.conflict': 'What do you want to do?',
  'ask.conflict.overwrite': 'Replace it (`qcode-setup remove` restores your value)',
  'ask.conflict.skip': 'Keep your value and continue',
  'ask.quit': 'Quit without writing',
  'ask.git.exposed': ({ path, pattern, gitignore }: With<'path' | 'pattern' | 'gitignore'>) =>
    `${path} is in a Git repository and isn't ignored, so your key could be committed. Fix: add ${pattern} to ${gitignore}.`,
  'ask.git': 'Git would track the file with your key. What do you want to do?',
  'ask.git.ignore': ({ lines }: Count<'lines'>) =>
    `Add ${lines === 1 ? 'that line' : 'those lines'} to .gitignore and continue`,
  'ask.git.anyway': 'Write the key anyway',
  'ask.recovery.stopped': ({ run, command }: With<'run' | 'command'>) =>
    `A previous change (${run}, ${command}) was interrupted while changing:`,
  'ask.recovery': 'What do you want to do with it?',
  'ask.recovery.undo': 'Roll it back',
  'ask.recovery.finish': 'Finish it',
  'ask.broken.found': "These files can't be edited:",
  'ask.broken': ({ tools }: { readonly tools: readonly string[] }) => `Continue without ${tools.join(', ')}?`,
  'ask.restart.running': ({ tool, pid }: With<'tool'> & Count<'pid'>) =>
    `${tool}: a background process (PID ${pid}) is still using the old settings.`,
  'ask.restart': ({ command }: With<'command'>) => `Restart it now (${command})?`,
  'ask.failed-check': 'The check failed. What do you want to do?',
  'ask.failed-check.keep': 'Keep these settings',
  'ask.failed-check.region': 'Undo and choose another region',
  'ask.failed-check.undo': 'Undo these settings',

  // The command key.
  'ask.key.new': 'Paste the new QCode.cc API key (cr_…, stays hidden; get one at qcode.cc)',
  'ask.key.new.short': 'New QCode.cc API key',
  'ask.key.forget': ({ copies }: Count<'copies'>) =>
    `Delete the key from the system keychain${copies > 0 ? `, with ${count(copies, 'backup copy', 'backup copies')}` : ''}? This can't be undone.`,
  'ask.key.purge': ({ backups }: Count<'backups'>) =>
    `Delete ${count(backups, 'backup')} that contain${backups === 1 ? 's' : ''} the key? The changes they belong to can then no longer be undone.`,
  'key.get.whole': 'Partly hidden on a terminal. To get the full key in a script: qcode-setup key get | cat',
  'key.stored': ({ key }: With<'key'>) => `The key ${key} is now in the system keychain.`,
  'key.would-store': ({ key }: With<'key'>) => `The key ${key} would be stored in the system keychain.`,
  'key.stored-already': ({ key }: With<'key'>) =>
    `The key ${key} is already in the system keychain. Nothing was changed.`,
  'key.none': 'There is no key in the system keychain. Nothing was changed.',
  'key.forgotten': ({ copies }: Count<'copies'>) =>
    `Deleted the key from the system keychain${copies > 0 ? ', with all backup copies' : ''}.`,
  'key.would-forget': ({ copies }: Count<'copies'>) =>
    `The key would be deleted from the system keychain${copies > 0 ? ', with all backup copies' : ''}. That can't be undone.`,
  'key.readers': ({ tools }: With<'tools'>) =>
    `These tools read the key from the keychain and will stop working: ${tools}. Run: qcode-setup key set, or: qcode-setup remove --tool ${tools}`,
  'key.files': ({ files }: Count<'files'>) =>
    `${files === 1 ? 'This file still contains' : 'These files still contain'} a key. To remove it:`,
  'key.rotated': ({ key, places, tools }: With<'key'> & Count<'places' | 'tools'>) =>
    `The new key ${key} is in ${count(places, 'place')} (${count(tools, 'tool')}).`,
  'key.rotated-for-good': ({ key, places, tools }: With<'key'> & Count<'places' | 'tools'>) =>
    `Replaced the key with ${key} in ${count(places, 'place')} (${count(tools, 'tool')}). The old key was not kept, so this can't be undone.`,
  'key.undo-to-old': 'To undo: qcode-setup undo (the old key stays in the backups for that)',
  'key.would-rotate': ({ key, places, tools }: With<'key'> & Count<'places' | 'tools'>) =>
    `The key would be replaced with ${key} in ${count(places, 'place')} (${count(tools, 'tool')}). The old key would not be kept.`,
  'key.would-rotate-some': ({ key, places, tools }: With<'key'> & Count<'places' | 'tools'>) =>
    `The key would be replaced with ${key} in ${count(places, 'place')} (${count(tools, 'tool')}).`,
  'key.shared': ({ tools }: { readonly tools: readonly string[] }) =>
    `The key is shared, so the new one also applies to: ${tools.join(', ')}.`,
  'key.still-used': ({ tools }: { readonly tools: readonly string[] }) =>
    `Still using the old key: ${tools.join(', ')}. Don't delete it in the QCode.cc console yet.`,
  'key.rotated-already': ({ key }: With<'key'>) => `${key} is already in use. Nothing was changed.`,
  'key.refused': ({ key }: With<'key'>) => `The new key ${key} didn't pass the check. Nothing was changed.`,
  'key.write-anyway': 'To write it anyway, add --no-check.',
  'key.revoke': 'The old key works until you delete it in the QCode.cc console.',
  'key.forget-unconfirmed': "Deleting the key can't be undone.",
  'key.forget-unconfirmed.hint': 'To confirm, run: qcode-setup key forget --yes',
  'key.not-stored': 'There is no key in the system keychain.',
  'key.not-stored.hint': 'To store it, run: qcode-setup key set',

  // A gateway and a key under a name.
  'name.stored': ({ name, origin, key }: With<'name' | 'origin' | 'key'>) =>
    `Remembered as "${name}": ${origin} with the key ${key}.`,
  'name.would-store': ({ name, origin, key }: With<'name' | 'origin' | 'key'>) =>
    `${origin} with the key ${key} would be remembered as "${name}".`,
  'name.stored-already': ({ name, origin, key }: With<'name' | 'origin' | 'key'>) =>
    `"${name}" is already ${origin} with the key ${key}. Nothing was changed.`,
  'name.use': ({ name }: With<'name'>) =>
    `To start a tool with it: qcode-setup run TOOL --name ${name} · To switch all tools to it: qcode-setup switch ${name}`,
  'name.forgotten': ({ name }: With<'name'>) => `"${name}" and its key are forgotten.`,
  'name.would-forget': ({ name }: With<'name'>) => `"${name}" and its key would be forgotten.`,
  'name.in-use': ({ name, tools }: With<'name'> & { readonly tools: readonly string[] }) =>
    `"${name}" is in use: ${tools.join(', ')}.`,
  'name.in-use.hint': ({ name }: With<'name'>) =>
    `To remove these tools and the name, run: qcode-setup remove --name ${name}`,
  'name.lost': ({ name, path }: With<'name' | 'path'>) =>
    `${path} should contain the gateway and the key of "${name}", but doesn't.`,
  'name.lost.hint': ({ name, flag }: With<'name' | 'flag'>) =>
    `To save them again, run: qcode-setup key set --name ${name} ${flag}`,
  'name.lost.forget': ({ name }: With<'name'>) => `To forget it, run: qcode-setup key forget --name ${name}`,
  'name.form': ({ name }: With<'name'>) => `"${name}" can't be used as a name.`,
  'name.form.hint':
    'Use up to 32 lowercase letters, digits, - or _, beginning with a letter or digit, such as work.',
  'name.taken': ({ name }: With<'name'>) => `"${name}" is the name of a region, a tool or an option.`,
  'name.managed': "Settings for the whole computer contain no key, so they can't have a name.",
  'name.managed.hint': 'Leave out --name, or --scope managed.',
  'name.says-gateway': ({ name, flag }: With<'name' | 'flag'>) =>
    `"${name}" already sets the gateway and the key, so ${flag} can't be used with it.`,
  'name.says-gateway.hint': ({ flag }: With<'flag'>) => `Leave out ${flag}, or --name.`,
  'name.elsewhere': ({ name, origin }: With<'name' | 'origin'>) => `"${name}" is already used for ${origin}.`,
  'name.elsewhere.hint': ({ command }: With<'command'>) =>
    `To move it and the tools that use it, run: ${command} · Or choose another name.`,
  'name.other-key': ({ name, key }: With<'name' | 'key'>) => `"${name}" already has another key, ${key}.`,
  'name.other-key.hint': ({ command }: With<'command'>) =>
    `To replace it everywhere, run: ${command} · Or choose another name.`,
  'name.without-key': ({ name }: With<'name'>) =>
    `"${name}" keeps its key in a file or in the keychain, not in your own variables.`,
  'name.without-key.hint': 'Leave out --key-store env, or --name.',
  'name.needed': ({ flag }: With<'flag'>) => `--${flag} needs a name to save the key under.`,
  'name.needed.hint': 'Add --name NAME, or leave it out to store the key in the system keychain.',
  'name.ambiguous': ({ tools }: { readonly tools: readonly string[] }) =>
    `${tools.join(', ')}: these use more than one key.`,
  'name.ambiguous.hint': ({ names }: { readonly names: readonly string[] }) =>
    `Add --name with one of: ${names.join(', ')}`,
  'name.of-others': ({ name, tools }: With<'name'> & { readonly tools: readonly string[] }) =>
    `${tools.join(', ')}: not set up with "${name}".`,
  'name.variable': ({ tools }: { readonly tools: readonly string[] }) =>
    `${tools.join(', ')}: not switched, because the key is in a variable that you set yourself.`,
  'name.replaces': ({ tools }: { readonly tools: readonly string[] }) =>
    `The key that was used before had no name (${tools.join(', ')}). To get it back, undo this change.`,
  'name.stays': ({ name, tools }: With<'name'> & { readonly tools: readonly string[] }) =>
    `Not switched, because "${name}" has its own gateway and key: ${tools.join(', ')}.`,
  'name.keys-left-out': ({ names }: { readonly names: readonly string[] }) =>
    `Keys left out: ${names.join(', ')}. On another computer, add key = "env:NAME" to each name, or save it there.`,
  'name.keeps-key': ({ name }: With<'name'>) => `Key not replaced, because "${name}" has its own.`,
  'name.moves-whole': ({ name }: With<'name'>) =>
    `"${name}" moves to another region together with all tools that use it.`,
  'name.moves-whole.hint': ({ command }: With<'command'>) => `To move all of them, run: ${command}`,
  'name.says-key.hint': 'Leave out --key-file, or choose another gateway with --region or --gateway.',
  'name.differs': ({ tool, name, place }: With<'tool' | 'name' | 'place'>) =>
    `${tool} (${place}) is set up as "${name}", but has another gateway or key.`,

  // How a base URL is wrong.
  'url.blank-around': 'There are spaces around the URL.',
  'url.blank': 'The URL contains a space or control character.',
  'url.no-scheme': 'A base URL starts with https:// (or http:// for the mainland China address).',
  'url.credentials':
    'The URL contains a user name or password. The key is sent in a header, never in the URL.',
  'url.scheme': ({ host, scheme }: With<'host' | 'scheme'>) => `${host} requires ${scheme}.`,
  'url.port': ({ host, port }: With<'host' | 'port'>) => `${host} does not use port ${port}.`,
  'url.query': 'The URL contains a query or fragment, which would swallow the part that the tool adds.',
  'url.unknown-host': ({ host }: With<'host'>) => `${host} is not a QCode.cc address.`,
  'url.double-slash': 'The path contains two slashes in a row.',
  'url.trailing-slash': 'Remove the trailing slash. Some tools would request a path with //.',
  'url.full-endpoint': ({ appends }: With<'appends'>) =>
    `This is a full endpoint URL. The tool adds ${appends} itself, so use the base URL only.`,
  'url.doubled-v1': 'The tool adds /v1 itself, so it would appear twice.',
  'url.missing-v1': "This tool doesn't add /v1, so the URL must end with /v1.",
  'url.missing-prefix': 'The path is missing (for example /api or /openai/v1).',
  'url.wrong-prefix': "The path does not belong to this tool's protocol.",
  'gateway-flag.plain-http': ({ origin }: With<'origin'>) =>
    `${origin} is not encrypted (plain HTTP): your key and prompts can be read in transit.`,
  'gateway-flag.plain-http.hint': 'Use https, or add --allow-http if you accept that.',
  'gateway-flag.path': ({ path }: With<'path'>) =>
    `--gateway takes an address without a path, but this one has ${path}. The path is chosen for each tool.`,
  'gateway-flag.use': ({ origin }: With<'origin'>) => `Use --gateway ${origin}`,
  'gateway-flag.example': 'Use an address such as https://api.qcode.cc',
  'gateway-flag.not-that-host': ({ host, known }: With<'host' | 'known'>) =>
    `${host} is not ${known}. Your key would go there.`,
  'gateway-flag.dot': ({ host }: With<'host'>) => `${host} ends with a dot. Your key would go there.`,
  'gateway-flag.letters': ({ host }: With<'host'>) =>
    `The host contains unusual characters and is really ${host}. Your key would go there.`,
  'gateway-flag.ascii': 'Type the host in plain ASCII, or choose a region: --region ID',

  // What the gateway answered.
  'gateway.through': ({ message, proxy }: With<'message' | 'proxy'>) =>
    `${message} Sent through the proxy ${proxy}.`,
  'gateway.proxy': ({ proxy, reason }: With<'proxy' | 'reason'>) =>
    `Could not use the proxy${proxy && ` ${proxy}`}: ${reason}`,
  'gateway.proxy.not-http': 'HTTPS_PROXY or HTTP_PROXY is not the address of an HTTP proxy',
  'gateway.proxy.hint': 'Correct HTTPS_PROXY or HTTP_PROXY, or add the host to NO_PROXY.',
  'gateway.proxy.password':
    'The proxy requires a user name and password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT',
  'gateway.timeout.connecting': ({ host, seconds }: With<'host'> & Count<'seconds'>) =>
    `Could not connect to ${host} within ${seconds} s.`,
  'gateway.timeout.exchange': ({ host, seconds }: With<'host'> & Count<'seconds'>) =>
    `${host} did not respond within ${seconds} s.`,
  'gateway.timeout.body': ({ host, seconds }: With<'host'> & Count<'seconds'>) =>
    `The response from ${host} was incomplete after ${seconds} s.`,
  'gateway.timeout.hint': 'Try again, or compare the regions: qcode-setup check --all',
  'gateway.dns': ({ host, code }: With<'host' | 'code'>) => `Could not resolve ${host} (${code}).`,
  'gateway.dns.hint':
    'Check your network connection and the name. Behind a company network, set HTTPS_PROXY.',
  'gateway.refused': ({ host }: With<'host'>) => `${host} refused the connection.`,
  'gateway.refused.hint': 'Check the address and the port. A firewall may also refuse connections.',
  'gateway.reset': ({ host, code }: With<'host' | 'code'>) =>
    `The connection to ${host} was closed before a response (${code}).`,
  'gateway.reset.hint':
    'A firewall, VPN, or proxy is closing the connection. Try another region or set HTTPS_PROXY.',
  'gateway.unreachable': ({ host, code, reason }: With<'host' | 'code' | 'reason'>) =>
    `Could not reach ${host} (${code}${reason && `: ${reason}`}).`,
  'gateway.unreachable.hint': 'Check the network, the VPN and the address.',
  'gateway.tls.time': ({ host, code }: With<'host' | 'code'>) =>
    `${host}: its certificate is not valid at this time (${code}).`,
  'gateway.tls.time.hint':
    "Check this computer's clock. If it is correct, the server's owner must renew the certificate.",
  'gateway.tls.name': ({ host, code }: With<'host' | 'code'>) =>
    `${host}: its certificate is for another name (${code}).`,
  'gateway.tls.name.hint': 'Check the address. A network login page or a proxy may be answering instead.',
  'gateway.tls.trust': ({ host, code }: With<'host' | 'code'>) =>
    `${host}: its certificate is not trusted on this computer (${code}).`,
  'gateway.tls.trust.hint':
    'If a company proxy or antivirus inspects TLS, set NODE_EXTRA_CA_CERTS to its certificate file.',
  'gateway.tls.none': ({ host, code }: With<'host' | 'code'>) => `${host}: TLS handshake failed (${code}).`,
  'gateway.tls.none.hint': 'Check the address and the port. Does this server use https?',
  'gateway.wait': 'Try again later.',
  'gateway.wait.for': ({ time }: With<'time'>) => `Try again in ${time}.`,
  'gateway.wait.until': ({ time }: With<'time'>) => `Try again after ${time}.`,
  'gateway.right': ({ host, path }: With<'host' | 'path'>) => `${host} has the endpoint POST ${path}.`,
  'gateway.page': ({ host, status }: With<'host'> & Count<'status'>) =>
    `A web page answered instead of ${host} (${status}), probably a network login page or a filter.`,
  'gateway.page.hint': 'Open any http:// page in a browser and log in to the network, then try again.',
  'gateway.no-key-asked': ({ host, path, status }: With<'host' | 'path'> & Count<'status'>) =>
    `${host} answered POST ${path} with ${status} without a key, so it is not the gateway.`,
  'gateway.not-the-gateway': ({ host, path, status }: With<'host' | 'path'> & Count<'status'>) =>
    `${host} answered POST ${path} with ${status}, but not like the gateway, so the key could not be tested.`,
  'gateway.not-the-gateway.hint': 'Check the address. A network login page may be answering instead.',
  'gateway.redirect': ({ host, to, status }: With<'host' | 'to'> & Count<'status'>) =>
    `${host} redirects to ${to} (${status}). Not followed, to protect your key.`,
  'gateway.redirect.nowhere': 'an unnamed address',
  'gateway.redirect.hint': 'If you trust that address, use it with --gateway.',
  'gateway.no-endpoint': ({ host, path, seen }: With<'host' | 'path' | 'seen'>) =>
    `${host} has no endpoint POST ${path} (404${seen && `; it received ${seen}`}).`,
  'gateway.no-endpoint.hint':
    "Check the gateway's address. To fix a wrong base URL of a tool, run: qcode-setup lint --fix",
  'gateway.served-instead': ({ message, path }: With<'message' | 'path'>) =>
    `${message} It does have ${path}.`,
  'gateway.served-instead.hint': ({ tools, place }: { readonly tools: readonly string[] } & With<'place'>) =>
    `To switch ${tools.join(', ')} to it, run: qcode-setup switch ${place}`,
  'gateway.limited': ({ host, said }: With<'host' | 'said'>) =>
    `Too many requests to ${host} (429)${quoted(said)}`,
  'gateway.cdn-timeout': ({ host }: With<'host'>) =>
    `The CDN in front of ${host} timed out (524), which can happen with long responses.`,
  'gateway.cdn-timeout.hint': "Try the region global, which doesn't use the CDN.",
  'gateway.server-error': ({ host, status, said }: With<'host' | 'said'> & Count<'status'>) =>
    `${host} reported a server error (${status})${quoted(said)}`,
  'gateway.server-error.hint': 'Try again later, or compare the regions: qcode-setup check --all',
  'gateway.unexpected': ({ host, status, said }: With<'host' | 'said'> & Count<'status'>) =>
    `${host} answered with an unexpected status (${status})${quoted(said)}`,
  'gateway.unexpected.hint': 'Check the address. A filter in the network may be answering instead.',
  'gateway.key-accepted': ({ host }: With<'host'>) => `${host} accepts the key.`,
  'gateway.key-expired': 'Your key has expired (401).',
  'gateway.key-disabled': 'Your key is disabled (401).',
  'gateway.key-malformed':
    'The gateway rejected the format of the key (401). Expected: cr_ followed by 64 hex digits.',
  'gateway.key-unknown': 'The gateway does not know this key (401).',
  'gateway.key-refused': 'The gateway rejected the key (401).',
  'gateway.key.hint': 'Copy the key again from the QCode.cc console (https://qcode.cc), or create a new one.',
  'gateway.balance': ({ said }: With<'said'>) =>
    `Your key is valid, but its balance or spending limit is used up (402)${quoted(said)}`,
  'gateway.balance.hint': 'Top up or raise the limit in the QCode.cc console.',
  'gateway.balance.until': ({ time }: With<'time'>) =>
    `Try again after ${time}, or raise the limit in the QCode.cc console.`,
  'gateway.client-refused': ({ said }: With<'said'>) =>
    `Your key works only with certain clients, so it can't be tested here (403)${quoted(said)}`,
  'gateway.client-refused.hint': 'Start the tool itself to see whether the key works there.',
  'gateway.service-refused': ({ said }: With<'said'>) =>
    `Your key isn't allowed to use this service (403)${quoted(said)}`,
  'gateway.service-refused.hint': 'Enable the service for this key in the QCode.cc console.',
  'gateway.request-rejected': ({ host, said }: With<'host' | 'said'>) =>
    `${host} rejected the request (400)${quoted(said)}`,
  'gateway.request-rejected.hint': 'Check that this gateway offers the model.',
  'gateway.answered': ({ said }: With<'said'>) => `The model answered${quoted(said)}`,
  'gateway.no-answer': ({ host }: With<'host'>) => `${host} returned 200, but no model response.`,
  'gateway.no-answer.hint': 'Try another model or another region.',
  'gateway.skipped.key': 'Key not tested: no endpoint of the gateway was found.',
  'gateway.skipped.route': 'Live request skipped: the endpoint was not found.',
  'gateway.skipped.no-key': 'Live request skipped: no key. Use --key-file or set QCODE_API_KEY.',
  'gateway.skipped.no-model': 'Live request skipped: no model for this protocol. Use --model ID.',
  'gateway.works': ({ origin, paths }: With<'origin'> & { readonly paths: readonly string[] }) =>
    `The gateway works (${origin}): ${paths.join(', ')} ${paths.length === 1 ? 'responds' : 'respond'}.`,
  'gateway.works-with-key': ({ origin, paths }: With<'origin'> & { readonly paths: readonly string[] }) =>
    `The gateway works (${origin}): ${paths.join(', ')} ${paths.length === 1 ? 'responds' : 'respond'}, and your key is accepted.`,
  'gateway.fallback': ({
    tool,
    origin,
    variant,
    fallback,
  }: With<'tool' | 'origin' | 'variant' | 'fallback'>) =>
    `${tool}: ${origin} has no endpoint for the ${variant}, so the ${fallback} is used instead.`,
  'region.custom': 'Your own gateway',
  'region.custom.unencrypted': 'Your own gateway (not encrypted)',

  // The table of the command check.
  'check.region': 'Region',
  'check.dns': 'DNS',
  'check.connect': 'Connect',
  'check.tls': 'TLS',
  'check.firstByte': 'First byte',
  'check.total': 'Total',
  'check.result': 'Result',
  'check.request': 'Request',
  'check.reply': 'Reply',
  'check.tools': 'Tools',
  'check.ok': 'OK',
  'check.faults': 'see below',
  'check.key': 'key',
  'check.live': 'live request',
  'check.no-key': 'Key not tested. Use --key-file or set QCODE_API_KEY.',
  'check.works': 'The gateway works. No key was tested.',
  'check.works.key': 'The gateway works and accepts your key.',
  'check.all-work': ({ regions }: Count<'regions'>) => `All ${regions} regions work. No key was tested.`,
  'check.all-work.key': ({ regions }: Count<'regions'>) =>
    `All ${regions} regions work and your key is accepted.`,
  'check.some-fail': ({ regions }: { readonly regions: readonly string[] }) =>
    `Not working: ${regions.join(', ')}`,
  'check.not-working': ({ fault }: With<'fault'>) => `Not working: ${fault}`,
  'check.tools-next': 'To see what each tool really uses: qcode-setup check --tools (or qcode-setup doctor)',
  'check.name': ({ title, id }: With<'title' | 'id'>) => `${title} (${id})`,
  'check.name.unencrypted': ({ title, id }: With<'title' | 'id'>) => `${title} (${id}, not encrypted)`,
  'check.head': ({ region, origin }: With<'region' | 'origin'>) => `Region: ${region}  ${origin}`,
  'check.times': ({ times }: { readonly times: readonly string[] }) => `Timing: ${times.join(', ')}`,
  'check.through': ({ proxy }: With<'proxy'>) => `Proxy: ${proxy}`,
  'check.recommended': ({ region, id }: With<'region' | 'id'>) =>
    `Fastest region: ${region}. To switch: qcode-setup switch ${id}`,
  'check.none-recommended': 'No encrypted region is working right now.',
  'check.progress': 'Waiting for the gateway …',
  'progress.look': 'Looking at your tools …',
  'progress.search': 'Searching files …',
  'progress.plan': 'Working out the changes …',
  'progress.write': 'Writing …',
  'progress.keychain': 'Waiting for the system keychain …',
  'check.region-kept': ({ region, ms }: With<'region'> & Count<'ms'>) =>
    `Keeping region ${region}: it works (${ms} ms), and no other is clearly faster.`,
  'check.region-chosen': ({ region, ms }: With<'region'> & Count<'ms'>) =>
    `Using region ${region} (fastest, ${ms} ms).`,
  'error.no-region': 'No encrypted region is working right now. Nothing was written.',
  'error.no-region.hint': 'For details, run: qcode-setup check --all',
  'error.auto-needs-check': "--region auto contacts the gateway, so it can't be used with --no-check.",
  'error.auto-needs-check.hint': 'Remove --no-check, or name the region: --region ID',
  'error.key-refused': ({ reason }: With<'reason'>) => `${reason} Nothing was written.`,
  'error.key-refused.hint': 'To write it anyway, add --no-check.',
  'check.status': ({ words, status }: With<'words'> & Count<'status'>) => `${words} (${status})`,
  'verdict.right': 'found',
  'verdict.wrong-prefix': 'not found',
  'verdict.dns': 'name not resolved',
  'verdict.refused': 'connection refused',
  'verdict.reset': 'connection closed',
  'verdict.tls': 'TLS failed',
  'verdict.proxy': 'proxy failed',
  'verdict.timeout': 'timed out',
  'verdict.unreachable': 'unreachable',
  'verdict.captive-portal': 'not the gateway',
  'verdict.redirect': 'redirected',
  'verdict.server-error': 'server error',
  'verdict.cdn-timeout': 'CDN timed out',
  'verdict.limited': 'too many requests',
  'verdict.unexpected-status': 'unexpected',
  'verdict.key-accepted': 'key accepted',
  'verdict.key-unknown': 'key unknown',
  'verdict.key-expired': 'key expired',
  'verdict.key-disabled': 'key disabled',
  'verdict.key-malformed': 'key format rejected',
  'verdict.key-refused': 'key rejected',
  'verdict.balance': 'balance used up',
  'verdict.client-refused': 'for certain clients only',
  'verdict.service-refused': 'service not allowed',
  'verdict.answered': 'model answered',
  'verdict.no-answer': 'no model response',
  'verdict.skipped': 'skipped',

  // What each rule of a base URL asks for.
  'rule.whitespace': 'A base URL contains no spaces.',
  'rule.scheme': 'A base URL begins with https://, or http:// for the region that has no encryption.',
  'rule.credentials-in-url': 'A base URL contains no user name and no password.',
  'rule.unknown-host': 'A base URL names an address of the gateway.',
  'rule.port': 'A base URL names no port.',
  'rule.query-or-fragment': 'A base URL ends with its path.',
  'rule.double-slash': 'A path has a single slash between its parts.',
  'rule.trailing-slash': 'A base URL does not end with a slash.',
  'rule.full-endpoint': 'A base URL leaves out the part that the tool adds.',
  'rule.doubled-v1': 'A base URL for a tool that adds /v1 does not end with /v1.',
  'rule.missing-v1': "A base URL for a tool that doesn't add /v1 ends with /v1.",
  'rule.missing-prefix': 'A base URL has the path of its protocol, such as /api or /openai/v1.',
  'rule.wrong-prefix': "A base URL has the path of the tool's own protocol.",

  // Notes in a diff.
  'diff.notes': ({ notes }: { readonly notes: readonly string[] }) => ` (${notes.join('; ')})`,
  'diff.new-file': ({ mode }: With<'mode'>) => `new file, mode ${mode}`,
  'diff.new': 'new file',
  'diff.mode': ({ before, after }: With<'before' | 'after'>) => `mode ${before} to ${after}`,
  'diff.deleted': 'deleted',
  'diff.masked': 'only masked values change',
  'diff.other-names': 'other names of it keep the old content',
  'diff.no-key': 'no key',
  'diff.another-key': 'another key',
  'diff.keychain': ({ account }: With<'account'>) => `system keychain: qcode-setup, ${account}`,
  'diff.keychain.key': ({ note }: With<'note'>) => `(${note})`,

  // Errors that any command can end with.
  'error.label': 'Error:',
  'error.at': ({ where }: With<'where'>) => `at ${where}`,
  'error.cancelled': 'Cancelled. Nothing was written.',
  'error.cancelled-later': 'Cancelled. Nothing else was written.',
  'error.hints': ({ hints }: { readonly hints: readonly string[] }) =>
    hints.reduce((all, hint) => `${all}${/[.?!]$/.test(all) ? ' ' : '; '}${hint}`),
  'error.with-ending': ({ error, ending }: With<'error' | 'ending'>) => `${error} ${ending}`,
  'error.internal': ({ url }: With<'url'>) =>
    `This is a bug in qcode-setup. Please report it with these lines (${url}):`,
  'error.internal.written':
    'Files may have been changed before that. To see them: qcode-setup status. To undo: qcode-setup undo',
  'interrupted.too-late':
    'You interrupted this after writing had begun, so it was completed. This is the current state.',
  'error.internal.debug':
    'Run the same command with QCODE_DEBUG=1 to see how it came to this, on standard error.',
  'output.lost.ended': 'the program that reads it has ended',
  'output.lost.refused': "standard output can't be written",
  'output.lost': ({ reason, code }: With<'reason' | 'code'>) =>
    `The report could not be written in full: ${reason} (${code}). Nothing was changed.`,
  'output.lost.done': ({ reason, code }: With<'reason' | 'code'>) =>
    `The report could not be written in full: ${reason} (${code}). What it reports is done: the exit code is about that, not about the report.`,
  'output.lost.again':
    'Check the free space of the disk and the rights to the file, then run the command again.',
  'output.lost.hint': 'To see what is configured, run: qcode-setup status',
  'error.internal.version': ({ version, runtime }: With<'version' | 'runtime'>) =>
    `qcode-setup ${version}, ${runtime}`,
  'error.internal.unknown-version': 'of an unknown version',
  'error.internal.command': ({ command }: With<'command'>) => `command: ${command}`,
  'error.labelled': ({ label, error }: With<'label' | 'error'>) => `${label} ${error}`,

  // What stops a plan.
  'error.again': 'Run the same command again.',
  'file.no-registry': ({ path }: With<'path'>) => `Can't read ${path} in the registry of Windows.`,
  'file.no-registry.hint': ({ path }: With<'path'>) =>
    `Check that this works: reg query ${path}. Or write a profile: --shell powershell`,
  'error.changed-meanwhile': ({ what }: With<'what'>) =>
    `${what} changed in the meantime. Nothing was written.`,
  'plan.not-verified': ({ path }: With<'path'>) => `Safety check failed for ${path}. Nothing was written.`,
  'plan.not-verified.hint':
    'Look for an open quote or another unusual line in the file. If there is none, this is a bug in qcode-setup: please report it.',
  'plan.value-kept': ({ path, key, value }: With<'path' | 'key' | 'value'>) =>
    `${path}: you changed ${key} to ${value}, so it was left as it is.`,
  'plan.value-restored': ({ path, key, value }: With<'path' | 'key' | 'value'>) =>
    `${path}: restored ${key} to ${value}.`,
  'plan.original-lost': ({ path, key }: With<'path' | 'key'>) =>
    `${path}: removed ${key}. Its earlier value can't be restored, because the backup is gone.`,
  'plan.value-replaced': ({ path, key, value }: With<'path' | 'key' | 'value'>) =>
    `${path}: replaced ${key} (was ${value}). \`qcode-setup remove\` restores it.`,
  'plan.value-last': ({ path, tool, key, value }: With<'path' | 'tool' | 'key' | 'value'>) =>
    `${path}: ${tool} is configured in more than one place, but they share ${key}. ${value} is used.`,
  'plan.value-shared': ({ path, tool, owner, key }: With<'path' | 'tool' | 'owner' | 'key'>) =>
    `${path}: ${tool} and ${owner} share ${key}. The value for ${owner} is used.`,
  'plan.value-silenced': ({ path, key, value }: With<'path' | 'key' | 'value'>) =>
    `${path}: removed ${key} (${value}), which isn't for this gateway and would be used instead. \`qcode-setup remove\` restores it.`,
  'plan.kept-for-client': ({ path, key, value, otherwise }: With<'path' | 'key' | 'value' | 'otherwise'>) =>
    `${path}: kept ${key} (${value}), because the tool requires it with your other settings there. It is yours now. Without it: ${otherwise}`,
  'plan.kept-for-client.hint': ({ parent }: With<'parent'>) =>
    `If you need nothing in ${parent}, remove all of it.`,
  'plan.kept-for-client.harmless': 'It does no harm.',
  'plan.line-overridden': ({ where, name, path }: With<'where' | 'name' | 'path'>) =>
    `${where} also sets ${name}. A block at the end of ${path} then sets it to the gateway's value.`,
  'plan.line-overridden.hint': ({ file, line }: With<'file'> & Count<'line'>) =>
    `Remove line ${line} from ${file} when you no longer need it.`,
  'plan.hard-link': ({ path, names }: With<'path'> & Count<'names'>) =>
    `${path} is one of ${names} names of the same file (hard links). It becomes a separate file: the other names keep the old content and permissions.`,
  'plan.hard-link.key': ({ path, names }: With<'path'> & Count<'names'>) =>
    `${path} is one of ${names} names of the same file (hard links). It becomes a separate file: the other names keep the old content and permissions. The OLD KEY stays there.`,
  'plan.hard-link.hint': ({ command }: With<'command'>) => `To find the other names, run: ${command}`,
  'plan.http-left': ({ origin }: With<'origin'>) =>
    `Everything sent to ${origin}, including your key, was unencrypted. Replace the key and disable the old one.`,
  'plan.consent-ended': ({ origin }: With<'origin'>) =>
    `You will be asked again before ${origin} is used next time.`,
  'plan.leads-out': ({ path, target }: With<'path' | 'target'>) =>
    `${path} is a link out of the project, or is behind one. It leads to ${target}. Nothing was changed.`,
  'plan.leads-out.hint': ({ path }: With<'path'>) =>
    `To give the project a file of its own, remove the link (${inShell().look(path)}), then run the same command again.`,
  'plan.leads-out.scope':
    'To configure the tool for all your projects instead, add --scope user. To remove what was set up here, run: qcode-setup remove --scope project',
  'plan.leads-out.fix': ({ path }: With<'path'>) => `To fix that file, run: qcode-setup lint --fix ${path}`,
  'own-target.outside': ({ tool, path, target }: With<'tool' | 'path' | 'target'>) =>
    `The tool folder of ${tool} writes to ${path}. That leads to ${target}, outside your home, your configuration and the project.`,
  'own-target.closed': ({ tool, path, target }: With<'tool' | 'path' | 'target'>) =>
    `The tool folder of ${tool} writes to ${path}. That leads to ${target}, where tool folders can't write.`,
  'own-target.ending': ({ tool, path, target, format }: With<'tool' | 'path' | 'target' | 'format'>) =>
    `The tool folder of ${tool} writes to ${path}. That leads to ${target}, whose name is not one of a ${format} file.`,
  'own-target.hint': 'Correct the path in its tool.toml, or remove the folder.',
  'error.program-running': ({ program }: With<'program'>) =>
    `${program} is running. It keeps these settings in memory and would overwrite the new ones.`,
  'error.program-running.hint': 'Close all of its windows, then run the same command again.',
  'programs-unknown': ({ tool }: With<'tool'>) =>
    `${tool}: can't tell whether an editor that has it is running, because the system's list of programs can't be read. Such an editor would overwrite the new settings.`,
  'programs-unknown.hint': ({ tool }: With<'tool'>) =>
    `If an editor with ${tool} was open, close all of its windows and run the same command again.`,

  // Writing and undoing.
  'target.keychain': 'the key in the system keychain',
  'error.then-again': 'Then run the same command again.',
  'error.listed': ({ what }: With<'what'>) => `  ${what}`,
  'error.listed-with': ({ what, state }: With<'what' | 'state'>) => `  ${what}: ${state}`,
  'error.move-away': ({ path, away }: With<'path' | 'away'>) => `Move it away: ${inShell().move(path, away)}`,
  'error.key-changed-meanwhile':
    'The key in the system keychain changed in the meantime. Nothing was written.',
  'error.ledger-changed': 'Another qcode-setup made a change in the meantime. Nothing was written.',
  'error.link-not-removed': ({ path, target }: With<'path' | 'target'>) =>
    `${path} is a link to ${target}, which would have to be deleted. Nothing was changed.`,
  'error.link-not-removed.hint': ({ path }: With<'path'>) =>
    `Remove the link, then run the same command again: ${inShell().remove([path])}`,
  'error.same-file': ({ earlier, path, target }: With<'earlier' | 'path' | 'target'>) =>
    `${earlier} and ${path} are the same file (${target}), and both would be changed.`,
  'error.same-file.hint': 'Choose one tool at a time: a command can change each file only once.',
  'error.changed-since': ({ what, run }: With<'what' | 'run'>) =>
    `${what} has changed since ${run}, so undo would lose your changes.`,
  'error.changed-since.hint':
    'Nothing was changed. To remove only what qcode-setup wrote, run: qcode-setup remove',
  'error.key-changed-since': ({ run }: With<'run'>) =>
    `The key in the system keychain has changed since ${run}, so undo would lose it.`,
  'error.key-changed-since.hint': 'Nothing was changed. To store another key there, run: qcode-setup key set',
  'ending.nothing': 'Nothing was changed.',
  'ending.no-file': 'Your files were not changed.',
  'ending.unfinished': ({ run }: With<'run'>) => `Change ${run} is still unfinished.`,
  'ending.backups': 'Some backups may already be deleted. Run the same command again.',
  'ending.key-copies': 'A copy of the key may still be in it. Run the same command again.',
  'ending.left-alone': ({ files }: { readonly files: readonly string[] }) =>
    `Everything was rolled back, except what another program changed in the meantime: ${files.join(', ')}.`,
  'error.cannot-finish': ({ run, what }: With<'run' | 'what'>) =>
    `Change ${run} can't be finished: it was interrupted before ${what} was backed up and its new content written.`,
  'error.cannot-finish.hint': ({ run }: With<'run'>) => `To roll it back, run: qcode-setup undo ${run}`,
  'error.run-done': ({ run }: With<'run'>) => `Change ${run} is already complete.`,
  'error.run-rolled-back': ({ run }: With<'run'>) => `Change ${run} is already rolled back.`,
  'error.run-ended.hint': 'There is nothing to recover.',
  'error.unfinished-run': ({ run, command }: With<'run' | 'command'>) =>
    `A previous change (${run}, ${command}) was interrupted. It was changing:`,
  'error.unfinished-run.hint': ({ command }: With<'command'>) => `To end it, run: ${command}`,
  'disk.with-code': ({ reason, code }: With<'reason' | 'code'>) => `${reason} (${code})`,
  'disk.denied': 'permission denied',
  'disk.held': 'another program has it open, or Windows does not allow it',
  'disk.busy': 'it is in use by another program, or a mount point',
  'disk.quota': 'your disk quota is used up',
  'disk.exists': 'there is already something at this path',
  'disk.error': 'the disk reports an error',
  'disk.no-folder': 'its folder no longer exists',
  'disk.full': 'the disk is full',
  'disk.not-allowed': 'the system does not allow it',
  'disk.read-only': 'the disk is read-only',
  'disk.registry': 'Windows did not accept the value',
  'disk.no-reg': 'reg.exe of Windows could not be started',
  'error.write-failed.fault': ({ reason, fault }: With<'reason' | 'fault'>) => `${reason}: ${fault}`,
  'error.write-failed.hint': 'Remove the cause, then run the same command again.',
  'error.owner-not-kept': ({ path, owner }: With<'path' | 'owner'>) =>
    `${path} is owned by ${owner}, and writing it would change the owner. Nothing was changed.`,
  'error.owner-not-kept.hint': ({ path }: With<'path'>) =>
    `Run the command as the owner of the file, or make it yours: sudo chown "$(id -u):$(id -g)" ${path}`,
  'error.rollback-failed': ({ run }: With<'run'>) =>
    `Change ${run} failed and could only be partly rolled back:`,
  'error.rollback-failed.files': 'The files now:',
  'error.rollback-failed.hint': ({ run }: With<'run'>) =>
    `Remove the cause, then run: qcode-setup undo ${run}`,
  'error.rollback-failed.backups': ({ folder }: With<'folder'>) => `The backups are in ${folder}`,
  'position.old': 'as before this change',
  'position.new': 'has the new content',
  'position.other': 'changed by another program, left as it is',
  'position.unknown': "can't be read now",
  'remains.empty': ({ path }: With<'path'>) =>
    `  ${path}: a temporary file that could not be removed. It is empty now.`,
  'remains.with-key': ({ path }: With<'path'>) =>
    `  ${path}: a temporary file that could not be removed. IT MAY CONTAIN YOUR KEY.`,
  'remains.mode': ({ path }: With<'path'>) =>
    `  ${path}: restored, except for its mode, which this disk does not keep`,
  'remains.hint': ({ paths }: { readonly paths: readonly string[] }) =>
    `To remove what is left, run: ${inShell().remove(paths)}`,
  'error.no-such-run': ({ id }: With<'id'>) => `There is no change ${id}.`,
  'error.no-such-run.hint': ({ folder }: With<'folder'>) =>
    `The changes on this computer are the folders in ${folder}. To list them, run: qcode-setup undo --list`,
  'error.backup-damaged': ({ path, reason }: With<'path' | 'reason'>) =>
    `The backup of ${path} is damaged: ${reason}`,
  'error.backup-gone': ({ path, reason }: With<'path' | 'reason'>) =>
    `The backup of ${path} is missing: ${reason}`,
  'error.backup.hint': ({ path }: With<'path'>) => `Nothing was changed. Restore ${path} from another copy.`,
  'error.broken-journal': ({ file }: With<'file'>) =>
    `${file}, the record of an earlier change, is damaged or from another version. That change can't be undone, and key rotate doesn't update its backups.`,
  'error.broken-journal.hint': ({ folder, away }: With<'folder' | 'away'>) =>
    `Update qcode-setup, or move the folder of that change away: ${inShell().move(folder, away)}`,
  'error.key-copy-damaged': ({ account }: With<'account'>) =>
    `The backup copy of the key is damaged: account ${account} of qcode-setup in the system keychain.`,
  'error.key-copy-gone': ({ account }: With<'account'>) =>
    `The backup copy of the key is missing: account ${account} of qcode-setup in the system keychain.`,
  'error.key-copy.hint':
    'Nothing was changed. To store a key in the system keychain, run: qcode-setup key set',
  'error.newer-state': ({ file }: With<'file'>) =>
    `${file} was written by a newer version of qcode-setup. Nothing was changed.`,
  'error.newer-state.unknown': ({ file, unknown }: With<'file' | 'unknown'>) =>
    `${file} was written by a newer version of qcode-setup (this one doesn't know ${unknown}). Nothing was changed.`,
  'error.newer-state.hint': 'To update, run: npm install --global qcode-setup@latest',
  'error.broken-ledger': ({ file }: With<'file'>) =>
    `${file}, the list of what qcode-setup wrote, is damaged or from another version.`,
  'error.broken-ledger.hint': ({ file, away }: With<'file' | 'away'>) =>
    `Update qcode-setup, or move the file away: ${inShell().move(file, away)} (qcode-setup will then treat the current settings as yours)`,
  'error.broken-consents': ({ file }: With<'file'>) =>
    `${file}, the list of what you agreed to, is damaged or from another version.`,
  'error.broken-consents.hint': ({ file, away }: With<'file' | 'away'>) =>
    `Update qcode-setup, or move the file away to be asked again: ${inShell().move(file, away)}`,
  'error.undo-before': ({ run, command }: With<'run' | 'command'>) =>
    `To undo the change before it (${command}), run: qcode-setup undo ${run}`,
  'undo.change-and-name': "--name can't be used with the id of a change.",
  'undo.change-and-name.hint': 'Leave out one of them. To list the ids, run: qcode-setup undo --list',
  'error.run-purged': ({ run, command }: With<'run' | 'command'>) =>
    `Change ${run} (${command}) can no longer be undone: its backups contained the key and were deleted by remove --purge.`,
  'error.run-purged.hint': 'To set up the tools again, run: qcode-setup',
  'error.key-stays': ({ run }: With<'run'>) =>
    `Change ${run} replaced the key. The old key was not kept, so this can't be undone.`,
  'error.key-stays.hint': 'To use another key, run: qcode-setup key rotate',
  'error.renewal-unfinished': ({ reason }: With<'reason'>) =>
    `The new key is in place everywhere, but a backup still contains an old one: ${reason}`,
  'error.renewal-unfinished.hint':
    'Remove the cause, then run the same command again. It finishes the change, and so does any command that writes.',
  'error.locked': ({ lock }: With<'lock'>) => `Another qcode-setup is running (lock: ${lock}).`,
  'error.locked-by': ({ pid, lock }: Count<'pid'> & With<'lock'>) =>
    `Another qcode-setup is running (PID ${pid}, lock: ${lock}).`,
  'error.locked.hint':
    'Try again when it has finished. If it was killed, its lock is released automatically.',
  'error.lock-lost': 'This command was paused too long and was cancelled.',
  'error.lock-lost.hint': 'Nothing was changed. Run the same command again.',
  'state.link-not-private': ({ path }: With<'path'>) =>
    `${path} is a link, but not to a folder that only you can access`,
  'state.link': ({ path }: With<'path'>) => `${path} is a link`,
  'state.not-folder': ({ path }: With<'path'>) => `${path} is not a folder`,
  'state.folder': ({ path }: With<'path'>) => `${path} is a folder`,
  'state.special': ({ path }: With<'path'>) => `${path} is a pipe, a socket or a device`,
  'state.too-large': ({ path }: With<'path'>) => `${path} is larger than 64 MiB`,
  'state.dangling': ({ path }: With<'path'>) => `${path} is a broken link, or is behind one`,
  'error.state-not-trusted': ({ fault }: With<'fault'>) =>
    `${fault}, so what qcode-setup has recorded there can't be trusted.`,
  'error.state-unreadable': ({ fault }: With<'fault'>) =>
    `Can't read what qcode-setup has recorded, so it can't tell what is configured: ${fault}.`,

  // Files that cannot be edited.
  'error.not-utf8': ({ file }: With<'file'>) =>
    `${file} is not UTF-8 text, so it can't be edited without loss.`,
  'error.not-utf8.hint': 'Save the file as UTF-8, then run the same command again.',
  'error.too-deep': ({ file, levels }: With<'file'> & Count<'levels'>) =>
    `${file} is nested more than ${levels} levels deep. It was not changed.`,
  'error.too-deep.text': 'The text',
  'error.too-many-values': ({ file }: With<'file'>) =>
    `${file} holds too many values to be read. It was not changed.`,
  'error.too-deep.hint': 'Move it away, then run the same command again.',
  'error.does-not-parse': ({ file, format, reason }: With<'file' | 'format' | 'reason'>) =>
    `${file} is not valid ${format}: ${reason}. It was not changed.`,
  'error.does-not-parse.hint': ({ where }: With<'where'>) =>
    `Correct ${where}, then run the same command again.`,
  'error.does-not-parse.strict': ({ where }: With<'where'>) =>
    `Correct ${where}, then run the same command again. The tool allows no comments and no trailing commas there.`,
  'error.duplicate-key': ({ file }: With<'file'>) =>
    `${file} has the same key twice, so it is unclear which one counts. It was not changed.`,
  'error.duplicate-key.hint': ({ where }: With<'where'>) =>
    `Remove or rename one of the two (the second is at ${where}), then run the same command again.`,
  'error.no-object': ({ file, holder, key }: With<'file' | 'holder' | 'key'>) =>
    `${file}: ${holder ? `"${holder}"` : 'the root'} is not an object, so "${key}" can't be set in it.`,
  'error.no-object.hint': 'Make it an object ({}) or remove it, then run the same command again.',
  'error.no-list': ({ file, list, entry }: With<'file' | 'list' | 'entry'>) =>
    `${file}: "${list}" is not a list, so the entry with ${entry} can't be added to it.`,
  'error.no-list.hint': ({ list }: With<'list'>) =>
    `Make "${list}" a list or remove it, then run the same command again.`,
  'error.entry-twice': ({ file, list, entry }: With<'file' | 'list' | 'entry'>) =>
    `${file}: "${list}" has two entries with ${entry}, and it isn't clear which one counts.`,
  'error.entry-twice.hint': ({ list }: With<'list'>) =>
    `Keep one of them in "${list}", then run the same command again.`,
  'error.no-table': ({ file, table }: With<'file' | 'table'>) =>
    `\`${table}\` in ${file} is not a table, so no key can be set in it.`,
  'error.late-table': ({ file, table }: With<'file' | 'table'>) =>
    `\`${table}\` in ${file} exists only through tables further up, so no key can be set in it.`,
  'error.no-table.hint': ({ table }: With<'table'>) =>
    `Make \`${table}\` a table with a header, or remove it from the file. Then run the same command again.`,
  'error.unsupported-yaml': ({ file, reason }: With<'file' | 'reason'>) =>
    `${file} can't be edited safely: ${reason}. It was not changed.`,
  'error.unsupported-yaml.hint': 'Write that place in plain YAML, then run the same command again.',
  'yaml.documents': 'it contains more than one document',
  'yaml.anchors': 'its anchors are repeated too often',
  'yaml.cycle': 'a value contains itself',
  'yaml.tag': 'a tag is not part of the core schema',
  'yaml.key': 'a key is not plain text',
  'yaml.alias': 'there is an alias where the edit is needed',
  'yaml.no-colon': 'a key has no colon',
  'yaml.later-key': 'the key follows others on its line',
  'yaml.shared': 'the value is used elsewhere by an alias',
  'yaml.open-end': 'it ends in a block of text without a final line break',
  'yaml.neighbours': 'the edit would change other lines around this place',
  'syntax.other': 'unexpected text',
  'syntax.value': 'a value is missing or not valid',
  'syntax.key': 'a key is missing or not valid',
  'syntax.number': 'a number is not valid',
  'syntax.date': 'a date or time is not valid',
  'syntax.string': 'a string is not closed',
  'syntax.escape': 'an escape sequence is not valid',
  'syntax.control': "control characters aren't allowed",
  'syntax.return': 'a carriage return has no line feed',
  'syntax.mark': 'it has a second byte order mark',
  'syntax.comment': "comments aren't allowed",
  'syntax.open-comment': 'a comment is not closed',
  'syntax.colon': 'a colon is missing',
  'syntax.comma': 'a comma or closing bracket is missing',
  'syntax.bracket': 'a closing bracket is missing',
  'syntax.line-end': 'a line break is missing after a value',
  'syntax.end': 'there is text after its end',
  'syntax.twice': 'a key or table is defined twice',
  'syntax.indent': 'a line is indented wrongly',
  'syntax.tab': "tabs aren't allowed as indentation",
  'syntax.character': 'a quote, a space or another character is missing',
  'syntax.alias': 'an anchor or alias is not valid',
  'syntax.tag': 'a tag is not valid',
  'dotenv.open-quote': ({ file }: With<'file'>) =>
    `${file} has a value with an opening quote but no closing one, so tools read it differently.`,
  'dotenv.open-quote.hint':
    'Close the quote, or put another kind of quotes around the value. Then run the same command again.',
  'dotenv.swallowed': ({ file }: With<'file'>) =>
    `An open quote in ${file} would swallow the new line. The file was not changed.`,
  'dotenv.swallowed.hint':
    'Find a value that ends with a backslash and a quote, and write it differently. Then run the same command again.',
  'value.unsayable': ({ format, value }: With<'format' | 'value'>) => `${format} can't hold ${value}.`,
  'value.unsayable.hint': 'Use another value in the content file of the tool folder.',
  'value.half-character': 'half a character',
  'value.not-text': ({ name, file }: With<'name' | 'file'>) =>
    `The value of ${name} is not text, and ${file} holds only text.`,
  'value.not-text.hint': 'Put the value in quotes in the template.',
  'value.no-place': ({ key, file }: With<'key' | 'file'>) =>
    `${file} holds only plain names, so it has no place for "${key}".`,
  'value.no-place.hint': 'Name a single variable, without a table around it.',
  'value.no-pattern': ({ file }: With<'file'>) => `${file} holds only patterns, one per line.`,
  'value.no-pattern.hint': 'Name a single pattern without a line break, and set it to true.',
  'value.one-source': ({ file }: With<'file'>) =>
    `In ${file}, qcode-setup writes only the path of a file to read settings from.`,
  'value.one-source.hint': 'Set "source" to the absolute path of a file.',
  'value.whole-file': ({ file }: With<'file'>) =>
    `qcode-setup writes ${file} as a whole, with one text as its content.`,
  'value.whole-file.hint': 'Set "content" to a text that is not empty.',
  'value.line-break':
    "The value contains a line break or NUL character, so it doesn't fit on one line of settings.",
  'value.line-break.hint':
    'Check the end of the key or URL for a line break, then run the same command again.',
  'value.quotes':
    'The value contains quotes, backslashes or ${, which readers of .env files treat differently.',
  'value.quotes.hint': 'Set this variable in your shell instead: qcode-setup print TOOL --format sh',
  'value.no-command': "A .env file holds only text: it can't run a command to get a value.",
  'value.use-shell': 'Write it for a shell instead: qcode-setup print TOOL --format sh',
  'value.cmd': 'The value contains %, ! or ", which the Windows Command Prompt can\'t pass on safely.',
  'value.cmd-output': ({ name }: With<'name'>) =>
    `The Windows Command Prompt can't set ${name} to the output of a command.`,
  'value.use-powershell': 'Use PowerShell instead: qcode-setup print TOOL --format powershell',
  'value.name': ({ name }: With<'name'>) => `"${name}" can't be the name of an environment variable.`,
  'value.name.hint': 'Use only letters, digits and _, and no digit at the beginning.',
  'block.edited': ({ file, first, last }: With<'file'> & Count<'first' | 'last'>) =>
    `The qcode-setup block in ${file} (lines ${first} to ${last}) contains something that qcode-setup didn't write.`,
  'block.edited.hint':
    'Move your own lines below the block, or delete the block with both marker lines. Then run the same command again.',
  'block.broken': ({ file, places }: With<'file'> & { readonly places: readonly string[] }) =>
    `The markers of the qcode-setup block in ${file} are not one pair: ${places.join(', ')}.`,
  'block.broken.missing': ({ marker }: With<'marker'>) => `"${marker}" is missing`,
  'block.broken.lines': ({
    marker,
    lines,
    more,
  }: With<'marker'> & { readonly lines: readonly string[] } & Count<'more'>) =>
    `"${marker}" is on ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  'block.broken.hint': ({ file }: With<'file'>) =>
    `Open ${file} and delete the marker lines and what qcode-setup wrote between them. Then run the same command again.`,

  // This machine: folders, files, programs.
  'error.no-working-folder': ({ code }: With<'code'>) => `The current folder no longer exists (${code}).`,
  'error.no-working-folder.hint': 'Go to another folder, then run the same command again: cd ~',
  'error.home-of-another': ({ home, owner, user }: With<'home' | 'owner' | 'user'>) =>
    `${home} is the home of ${owner}, but you are ${user}: ${owner} could not read or change files that you write there.`,
  'error.home-of-another.owner': ({ owner, command }: With<'owner' | 'command'>) =>
    `To set up the tools of ${owner}, run the same command as ${owner}: ${command}`,
  'error.home-of-another.without-sudo': 'qcode-setup (without sudo)',
  'error.home-of-another.user': ({ user }: With<'user'>) =>
    `To set up the tools of ${user}, use the home of ${user}: HOME=~${user} qcode-setup`,
  'error.home-of-another.container': ({ home }: With<'home'>) =>
    `If root should own this home (for example in a container), run: chown root ${home}`,
  'owner.another': ({ path, user }: With<'path' | 'user'>) => `${path} belongs to ${user}`,
  'owner.another.hint': ({ command }: With<'command'>) =>
    `If you trust its contents, make it yours: ${command}`,
  'owner.shared': ({ path, mode }: With<'path' | 'mode'>) =>
    `${path} can be changed by other users (mode ${mode})`,
  'owner.shared.hint': ({ command }: With<'command'>) => `If nobody else has changed it, run: ${command}`,
  'owner.link': ({ path, user, target }: With<'path' | 'user' | 'target'>) =>
    `${path} is a link to ${target} that belongs to ${user}`,
  'owner.link.hint': ({ command }: With<'command'>) => `Remove the link: ${command}`,
  'access.unreadable': ({ path }: With<'path'>) => `you can't read ${path} (permission denied)`,
  'access.unreadable-of-another': ({ path, user }: With<'path' | 'user'>) =>
    `${path} belongs to ${user} (permission denied)`,
  'access.read-only': ({ path }: With<'path'>) => `${path} is read-only`,
  'access.read-only-of-another': ({ path, user }: With<'path' | 'user'>) =>
    `${path} belongs to ${user}, so you can't change it`,
  'access.mounted': ({ target }: With<'target'>) =>
    `${target ? `it is a link to ${target}, which` : 'it'} is mounted as a single file (as containers do), so no new version can take its place`,
  'access.mounted.hint': ({ folder }: With<'folder'>) =>
    `Mount its folder ${folder} instead, or make the change in the file that is mounted.`,
  'access.read-only-disk': ({ target }: With<'target'>) =>
    `${target ? `it is a link to ${target}, which` : 'it'} is on a read-only disk`,
  'access.read-only-disk.hint':
    'Make the change where this disk is made (such as the image of a container), or mount it read-write.',
  'access.store': ({ target }: With<'target'>) =>
    `it is a link to ${target}, which nobody may write (a read-only store, such as that of Nix)`,
  'access.store.hint':
    'Leave that file as it is. Make the change where it is made, such as in the configuration of Home Manager.',
  'access.with-env': ({ command }: With<'command'>) => `To use variables instead, run: ${command}`,
  'access.with-project': ({ command }: With<'command'>) =>
    `To set up only the project in this folder, run: ${command}`,
  'access.with-print': ({ command }: With<'command'>) => `For the lines to add yourself, run: ${command}`,
  'access.allow': ({ command }: With<'command'>) => `To allow it, run: ${command}`,
  'access.own': ({ command }: With<'command'>) => `If it should be yours, run: ${command}`,
  'access.of-the-system':
    'Leave it as it is: other users and programs need it. Use a folder of your own: set HOME, or the variable that names this folder, to one.',
  'error.not-writable': ({ path, fault }: With<'path' | 'fault'>) => `Can't write ${path}: ${fault}.`,
  'file.would-be-too-large': ({ path }: With<'path'>) =>
    `${path} would become larger than 10 MiB, which is too large for a settings file. Nothing was changed.`,
  'file.would-be-too-large.hint': ({ look }: With<'look'>) =>
    `Make it smaller, then run the same command again. To look at it: ${look}`,
  'file.folder': ({ path }: With<'path'>) => `${path} is a folder, not a file.`,
  'file.special': ({ path }: With<'path'>) => `${path} is a pipe or a device, not a file.`,
  'file.too-large': ({ path }: With<'path'>) =>
    `${path} is larger than 10 MiB, which is too large for a settings file.`,
  'file.long-path': ({ path }: With<'path'>) => `The path ${path} is too long.`,
  'file.no-drive': ({ path }: With<'path'>) => `${path} is not there: the drive or share can't be reached`,
  'file.no-drive.hint': ({ path }: With<'path'>) =>
    `Connect it, or correct the variable that leads there, then run the same command again. To look: dir ${path}`,
  'file.held': ({ path }: With<'path'>) => `${path} can't be read: another program has it open`,
  'file.held.hint': ({ path }: With<'path'>) =>
    `Close the program that uses ${path}, then run the same command again.`,
  'file.unreadable': ({ path }: With<'path'>) => `Can't read ${path}: permission denied.`,
  'file.dangling': ({ path }: With<'path'>) => `${path} is a broken link, or is behind one.`,
  'file.below-file': ({ path }: With<'path'>) => `A parent of ${path} is not a folder.`,
  'file.below-file.hint': ({ look }: With<'look'>) =>
    `Move that parent away, then run the same command again. To look at it: ${look}`,
  'file.move': ({ look }: With<'look'>) =>
    `Move it away, then run the same command again. To look at it: ${look}`,
  'file.long-path.hint': ({ look }: With<'look'>) =>
    `Use a shorter path, then run the same command again. To look at it: ${look}`,
  'file.unreadable.hint': ({ look }: With<'look'>) =>
    `Give yourself permission to read it, then run the same command again. To look at it: ${look}`,
  'file.dangling.hint': ({ look }: With<'look'>) =>
    `Repair or remove the link, then run the same command again. To look at it: ${look}`,

  // Keys and where they are kept.
  'key-fault.none': ({ source }: With<'source'>) =>
    source ? `There is no key in ${source}.` : 'Enter your key.',
  'key-fault.lines': ({ source, lines }: With<'source'> & { readonly lines: readonly string[] }) =>
    `The key${from(source)} has more than one line of text (lines ${lines.join(', ')}). A key is a single line.`,
  'key-fault.name': ({ source }: With<'source'>) =>
    `The key${from(source)} starts with a name, like a line of settings. Enter the key alone.`,
  'key-fault.blank': ({ source }: With<'source'>) =>
    `The key${from(source)} contains a space, line break or control character. Enter the key alone.`,
  'key-fault.ascii': ({ source }: With<'source'>) =>
    `The key${from(source)} contains a character that is not plain ASCII.`,
  'key-fault.hint':
    'Copy the key again from the QCode.cc console (https://qcode.cc). It is cr_ followed by 64 hex digits.',
  'key-file.path': ({ path }: With<'path'>) => `The key file ${path}`,
  'key-file.stdin': 'Standard input',
  'key-file.unreadable': ({ path, code }: With<'path' | 'code'>) =>
    `Can't read the key file ${path} (${code}).`,
  'key-file.too-long': ({ source }: With<'source'>) => `${source} is longer than 64 KiB, so it is not a key.`,
  'key-file.silent': ({ source, seconds }: With<'source'> & Count<'seconds'>) =>
    `${source} sent nothing for ${seconds} seconds and did not end.`,
  'key-file.endless': ({ source, seconds }: With<'source'> & Count<'seconds'>) =>
    `${source} did not end within ${seconds} seconds.`,
  'key-file.terminal': ({ source }: With<'source'>) =>
    `${source} is a terminal, which would show the key while you type it.`,
  'key-file.hint':
    'Use --key-file with a file that contains only the key, or with - to read it from standard input.',
  'keychain.refused': ({ reason }: With<'reason'>) => `The system keychain is not available (${reason}).`,
  'keychain.no-service': ({ reason }: With<'reason'>) => `no Secret Service on this computer; ${reason}`,
  'keychain.no-reason': 'no reason given',
  'keychain.refused.hint': 'Unlock the keychain or start its service, then run the same command again.',
  'keychain.not-installed': ({ name }: With<'name'>) =>
    `The system keychain needs the package ${name}, which is not installed next to qcode-setup.`,
  'keychain.not-installed.hint': ({ name }: With<'name'>) =>
    `To install both, run: npm install -g qcode-setup ${name} (or, each time: npx -p qcode-setup -p ${name} qcode-setup …)`,
  'keychain.use-files': 'To keep the key in files instead, run: qcode-setup setup --key-store file',
  'keychain.not-trusted': ({ fault }: With<'fault'>) =>
    `The system keychain was not opened, because its library would be loaded from a place that others can change: ${fault}.`,
  'key.missing': 'No key was given.',
  'key.missing.hint': 'Use --key-file PATH (or - for standard input), or set QCODE_API_KEY.',
  'key.quotes': 'The quotes around the key were left out.',
  'key.look': "This doesn't look like a QCode.cc key (expected cr_ followed by 64 hex digits).",
  'key.from-environment': ({ tool, names }: With<'tool'> & { readonly names: readonly string[] }) =>
    `${tool}: no key was written. Set ${names.join(' and ')} in your environment yourself.`,
  'key.managed': ({ tool, id }: With<'tool' | 'id'>) =>
    `${tool}: no key was written. Have each user add their own: qcode-setup --tool ${id}`,
  'key.managed.other': ({ tool, id }: With<'tool' | 'id'>) =>
    `${tool}: no key was written. Have each user add their own: qcode-setup --tool ${id}. Until then, ${tool} sends a login or key that a user has for another provider to the gateway.`,
  'managed.not-root': 'Only root can change the settings of the whole computer (--scope managed).',
  'managed.not-root.hint': ({ command }: With<'command'>) => `Run: sudo ${command}`,
  'managed.no-key':
    'Nothing was changed. Every user can read the settings of the whole computer (--scope managed), so they hold no key.',
  'managed.no-key.hint': 'Leave the key out here, and have each user add their own: qcode-setup',
  'managed.needs-flag': 'This is about the whole computer, but --scope managed was not given.',
  'managed.needs-flag.hint': ({ command }: With<'command'>) => `Run: sudo ${command}`,
  'managed.not-users': ({ scope }: With<'scope'>) =>
    `With --scope managed, a file sets up the whole computer; this has scope ${scope}.`,
  'managed.not-users.hint': 'Use one file for the computer (--scope managed) and another one for yourself.',
  'key.from-environment.hint': 'Nothing was changed. qcode-setup only replaces keys that it wrote.',
  'git.tracked': ({ path, repository }: With<'path' | 'repository'>) =>
    `${path} is tracked by the Git repository ${repository}, so your key would be committed with the next change.`,
  'git.would-take': ({ path, repository }: With<'path' | 'repository'>) =>
    `${path} is in the Git repository ${repository} and isn't ignored, so your key could be committed.`,
  'git.line-loses': ({ path, repository, why }: With<'path' | 'repository' | 'why'>) =>
    `${path} is in the Git repository ${repository} and isn't ignored, so your key could be committed. Adding a line for it would not help: ${why}.`,
  'git.not-asked': ({ path, repository }: With<'path' | 'repository'>) =>
    `${path} is in the Git repository ${repository}, but Git could not be asked whether it is ignored.`,
  'git.not-asked.dotfiles': ({ path, repository, gitFolder }: With<'path' | 'repository' | 'gitFolder'>) =>
    `The Git repository ${gitFolder} manages files in ${repository}, but Git could not be asked whether it tracks ${path}.`,
  'git.would-take.hint': ({ pattern, gitignore }: With<'pattern' | 'gitignore'>) =>
    `To add the line ${pattern} to ${gitignore} together with the key, add --gitignore.`,
  'git.tracked.hint': ({ command }: With<'command'>) =>
    `Ignoring the file doesn't help while it is tracked. Run: ${command} and then the same command again. A key that was committed stays in the history, so replace it: qcode-setup key rotate. To keep the key out of files: qcode-setup setup --key-store keychain`,
  'git.not-asked.hint': ({ command }: With<'command'>) =>
    `Check that Git is installed and can read this repository: ${command}`,
  'git.line-loses.hint': 'Change that, then run the same command again.',
  'git.why.line-break': ({ gitignore }: With<'gitignore'>) =>
    `no line of ${gitignore} can name a path with a line break`,
  'git.why.no-file': ({ gitignore }: With<'gitignore'>) =>
    `${gitignore} is a link or not a file, so Git doesn't read it`,
  'git.why.undone': ({ gitignore, pattern }: With<'gitignore' | 'pattern'>) =>
    `${gitignore} already has the line ${pattern}, but a later line cancels it`,
  'git.why.nearer': ({ gitignore, line, pattern }: With<'gitignore' | 'line' | 'pattern'>) =>
    `${gitignore}, line ${line}, includes it again with ${pattern}`,
  'git.backups': ({ fault }: With<'fault'>) => `Backups with your key would get into Git: ${fault}`,
  'git.backups.hint': ({ gitignore }: With<'gitignore'>) => `Add the line * to ${gitignore}.`,
  'old-key.backup': ({ where }: With<'where'>) =>
    `${where}: this backup also contains the old key, in a place that qcode-setup didn't write.`,
  'old-key.backup.hint': ({ path }: With<'path'>) =>
    `${inShell().remove([path])} (the change that it belongs to can then no longer be undone)`,
  'old-key.file': ({ where }: With<'where'>) =>
    `${where}: the old key is also here. qcode-setup didn't write it, so replace it yourself.`,
  'old-key.variable': ({ name }: With<'name'>) =>
    `$${name} in this terminal is still the old key. If qcode-setup set it, a new terminal has the new one. Otherwise, change it where it is set.`,

  // Tool folders.
  'folder.unusable': ({ reason }: With<'reason'>) => `This tool folder can't be used: ${reason}`,
  'folder.unusable.hint': 'Correct the file, or remove the folder.',
  'folder.unreadable': ({ path, code }: With<'path' | 'code'>) => `${path} can't be read (${code})`,
  'folder.missing': "the file is missing or can't be read",
  'folder.link-out': 'the file is a link that leads out of its folder',
  'folder.broken-link': 'the file is a broken link',
  'folder.not-regular': 'it is not a regular file',
  'folder.too-large': 'the file is larger than 256 KiB',
  'folder.not-format': ({ format }: With<'format'>) => `the file is not valid ${format}`,
  'folder.odd-content': 'it contains something that no tool can have',
  'folder.id-taken': ({ id }: With<'id'>) => `the id ${id} is already used by another tool`,
  'folder.unknown-field': ({ fields, near }: { readonly fields: readonly string[] } & With<'near'>) =>
    `there is no field ${fields.join(' or ')}${near && `; did you mean ${near}?`}`,
  'folder.one-of': ({ field, values }: With<'field'> & { readonly values: readonly string[] }) =>
    `${field} must be ${values.join(' or ')}`,
  'folder.type': ({ field, type }: With<'field' | 'type'>) =>
    `${field || 'the file'} must be of type ${type}`,
  'folder.invalid': ({ field }: With<'field'>) => `${field || 'the file'} has a value that is not allowed`,
  'folder.rule-lowercase': ({ field }: With<'field'>) =>
    `${field} must be lowercase letters, digits, dots and dashes`,
  'folder.rule-no-slash': ({ field }: With<'field'>) => `${field} must not contain a slash`,
  'folder.rule-other-word': ({ field }: With<'field'>) =>
    `${field} must be another word, because --tool uses this one`,
  'folder.rule-dashed': ({ field }: With<'field'>) => `${field} must be words with dashes`,
  'folder.rule-word': ({ field }: With<'field'>) =>
    `${field} must be one word of at most 40 letters, digits, dashes and underscores`,
  'folder.rule-one-value': ({ field }: With<'field'>) => `${field} must have either writes or number`,
  'folder.rule-link': ({ field }: With<'field'>) =>
    `${field} must be the link of a program, such as program://import, and no web address`,
  'folder.rule-url-path': ({ field }: With<'field'>) =>
    `${field} must be a path such as /api/v1, without a trailing slash`,
  'folder.rule-file-name': ({ field }: With<'field'>) => `${field} must be the name of a file in this folder`,
  'folder.rule-variable': ({ field }: With<'field'>) =>
    `${field} must be the name of an environment variable`,
  'folder.rule-range': ({ field }: With<'field'>) =>
    `${field} must be a version range of at most 200 characters`,
  'folder.rule-one-spelling': ({ field }: With<'field'>) =>
    `${field} must be names with a single / between them: no / at the end, no \\ or :, no . or .. alone, no name with a space at its start or end or a dot at its end, and no very long name`,
  'folder.rule-stay': ({ field }: With<'field'>) => `${field} must not leave its folder through ..`,
  'folder.rule-visible': ({ field }: With<'field'>) => `${field} must not contain control characters`,
  'folder.rule-place': ({ field }: With<'field'>) => `${field} must start with a place, such as {{ home }}`,
  'folder.rule-program': ({ field }: With<'field'>) =>
    `${field} must be the name of a program, without a folder`,
  'folder.rule-stored': ({ field }: With<'field'>) =>
    `${field} must be a value below HKLM\\SOFTWARE\\Policies or HKCU\\SOFTWARE\\Policies, or a domain such as com.example.editor`,
  'folder.rule-pattern': ({ field }: With<'field'>) => `${field} must be a regular expression`,
  'folder.rule-setting': ({ field }: With<'field'>) => `${field} must be a variable or a key`,
  'folder.rule-plain-name': ({ field }: With<'field'>) => `${field} must not contain any of * ? " < > |`,
  'folder.rule-below': ({ field }: With<'field'>) => `${field} must be a path below that folder`,
  'folder.rule-no-placeholder': ({ field }: With<'field'>) => `${field} must not contain a placeholder`,
  'folder.rule-no-key': ({ field }: With<'field'>) =>
    `${field} must not contain the key: command lines are visible to others`,
  'folder.rule-line': ({ field }: With<'field'>) =>
    `${field} must be one line of at most 100 plain ASCII characters`,
  'folder.rule-letters': ({ field }: With<'field'>) => `${field} must be letters and digits`,
  'folder.rule-own-place': ({ field }: With<'field'>) => `${field} is a place that every tool has`,
  'folder.rule-argument': ({ field }: With<'field'>) =>
    `${field} may contain {{ prompt }} and {{ script }}, and no other placeholder`,
  'folder.unknown-place': ({ field, place }: With<'field' | 'place'>) =>
    `${field} begins with {{ ${place} }}, which is not a place`,
  'folder.no-place': ({ path, place }: With<'path' | 'place'>) =>
    `A tool has the path ${path}, but {{ ${place} }} is not known on this computer.`,
  'folder.no-place.hint': ({ place }: With<'place'>) =>
    `Correct its tool.toml: under [places], ${place} needs a candidate that always exists, above every place that uses it.`,
  'folder.route': ({
    id,
    path,
    protocol,
    routes,
  }: With<'id' | 'path' | 'protocol'> & { readonly routes: readonly string[] }) =>
    `variant ${id}: ${path} is not an endpoint of ${protocol}, which has ${routes.join(' and ')}`,
  'folder.fallback': ({ id, fallback }: With<'id' | 'fallback'>) =>
    `variant ${id}: its fallback ${fallback} must be another variant with the same protocols`,
  'folder.key-delivery': ({ id, known }: With<'id'> & { readonly known: readonly string[] }) =>
    `${id} in key_delivery is not one of ${known.join(', ')}`,
  'folder.schema-of-nothing': ({ path }: With<'path'>) =>
    `schemas: ${path} is not the path of a target or source`,
  'folder.base-url': ({ where, name }: With<'where' | 'name'>) =>
    `${where}: {{ ${name} }} is not a base URL of every variant that uses it`,
  'folder.key-arguments': ({ where }: With<'where'>) =>
    `${where}: {{ keyArguments }} is a list, so nothing can be beside it`,
  'folder.key-in-list': ({ field }: With<'field'>) =>
    exposed(`${field || 'the file'} has {{ key }} in a list`),
  'folder.key-in-name': ({ field }: With<'field'>) =>
    exposed(`${field || 'the file'} has {{ key }} in a name`),
  'folder.key-joined': ({ field }: With<'field'>) => exposed(`${field} joins {{ key }} to other text`),
  'folder.key-in-command': ({ field, command }: With<'field' | 'command'>) =>
    exposed(`${field} has {{ key }} in ${command}, which tools run as a command`),
  'folder.flag-taken': ({ field, flag }: With<'field' | 'flag'>) =>
    `${field}: the flag --${flag} already exists`,
  'folder.unknown-part': ({ where, name }: With<'where' | 'name'>) =>
    `${where}: {{ ${name} }} is not among the model_roles, options and places of this tool.toml`,
  'folder.unknown-placeholder': ({ where, name, near }: With<'where' | 'name' | 'near'>) =>
    `${where}: there is no placeholder {{ ${name} }}${near && `; did you mean {{ ${near} }}?`}`,
  'folder.variable-joined': ({ name }: With<'name'>) =>
    `env.variables.${name} must be a single placeholder, because a shell reads it`,
  'folder.patterns': ({ most }: Count<'most'>) => `traps: your own folder can have at most ${most} patterns`,
  'folder.keyword': ({ keyword }: With<'keyword'>) => `schemas: ${keyword} is not allowed in your own folder`,
  'folder.lead-url': ({ field }: With<'field'>) =>
    `${field} contains a URL, but only {{ baseUrl }} may lead to a server`,
  'folder.lead-proxy': ({ field }: With<'field'>) =>
    `${field} names a proxy, but only {{ baseUrl }} may lead to a server`,
  'folder.lead-tls': ({ field }: With<'field'>) =>
    `${field} changes TLS checks, which a tool folder must not do`,
  'folder.lead-options': ({ field }: With<'field'>) => `${field} passes options to every program of its kind`,
  'folder.lead-code': ({ field }: With<'field'>) => `${field} contains a proxy or changes TLS checks`,
  'odd-folder.tilde': ({ variable, value }: With<'variable' | 'value'>) =>
    `${variable} is ${value}: no shell has replaced the ~, so each program uses a folder named ~ where it is started.`,
  'odd-folder.relative': ({ variable, value }: With<'variable' | 'value'>) =>
    `${variable} is ${value}: this is not an absolute path, so the folder depends on where a program is started.`,
  'odd-folder.not-utf8': ({ variable, value }: With<'variable' | 'value'>) =>
    `${variable} is ${value}: the name is not valid UTF-8, so qcode-setup can't open that folder.`,
  'odd-folder.not-utf8.hint': ({ variable }: With<'variable'>) =>
    `Set ${variable} to a folder whose name is valid UTF-8.`,
  'odd-folder.nowhere': ({ variable, value }: With<'variable' | 'value'>) =>
    `${variable} is ${value} or not set: your user has no home folder.`,
  'odd-folder.windows': ({ variable, value }: With<'variable' | 'value'>) =>
    `${variable} is ${value}: that folder belongs to Windows, whose disks keep no key private from here.`,
  'odd-folder.windows.hint': ({ variable }: With<'variable'>) =>
    `Set ${variable} to a folder of Linux, or remove it. To set up the tools of Windows, add --also-windows.`,
  'odd-folder.home.hint': ({ variable }: With<'variable'>) =>
    `Set ${variable} to the full path of your home, such as /home/you, then run the same command again.`,
  'odd-folder.hint': ({ variable, value }: With<'variable' | 'value'>) =>
    `${inShell().assign(variable, value)} where it is set now, or ${inShell().unset(variable)}; then run the same command again.`,

  // WSL: the Windows around this Linux.
  'wsl.clients': ({ tools, home }: { readonly tools: readonly string[] } & With<'home'>) =>
    `Windows has its own ${listed(tools)} (${home}), which settings of this Linux don't reach.`,
  'wsl.clients.hint': ({ tools }: { readonly tools: readonly string[] }) =>
    `To set them up too, run: qcode-setup --tool ${tools.join(' --tool ')} --also-windows`,
  'wsl.not-here': '--also-windows works only in WSL, the Linux on Windows.',
  'wsl.not-here.hint': 'Leave out --also-windows.',
  'wsl.scope': '--also-windows sets up the tools of your user, so it needs --scope user.',
  'wsl.scope.hint': 'Leave out --also-windows, or use --scope user.',
  'wsl.done': 'The same tools have been set up on Windows.',
  'wsl.failed': ({ code }: With<'code'>) =>
    `The tools of Windows could not be set up from here (exit code ${code}).`,
  'wsl.type-there': ({ command }: With<'command'>) => `In PowerShell on Windows, run: ${command}`,

  // The command line.
  'unknown.by-hand': ({ tool }: With<'tool'>) =>
    `${tool} is set up by hand: qcode-setup can't write its settings.`,
  'unknown.by-hand.hint': ({ command }: With<'command'>) => `To see the steps, run: ${command}`,
  'unknown.left-out': ({ tool, why }: With<'tool' | 'why'>) => `${tool} can't be set up: ${why}`,
  'unknown.command': ({ value }: With<'value'>) => `Unknown command "${value}".`,
  'unknown.flag': ({ flag, command }: With<'flag' | 'command'>) => `Unknown flag ${flag} for ${command}.`,
  'unknown.format': ({ tool, value }: With<'tool' | 'value'>) =>
    `The settings of ${tool} can't be printed as "${value}".`,
  'unknown.name': ({ value }: With<'value'>) => `Unknown name "${value}".`,
  'unknown.name.near': ({ value, near }: With<'value' | 'near'>) =>
    `Unknown name "${value}". Did you mean ${near}?`,
  'unknown.name.hint': ({ name }: With<'name'>) =>
    `To save a gateway and a key under a name, run: qcode-setup key set --name ${name} --region global`,
  'unknown.region': ({ value }: With<'value'>) => `Unknown region "${value}".`,
  'unknown.tool': ({ value }: With<'value'>) => `Unknown tool "${value}".`,
  'unknown.tool-in-model': ({ value }: With<'value'>) =>
    `--model names the tool "${value}", which is not selected.`,
  'unknown.value': ({ flag, value }: With<'flag' | 'value'>) => `Unknown value "${value}" for --${flag}.`,
  'unknown.verb': ({ value }: With<'value'>) => `Unknown subcommand "${value}".`,
  'usage.near': ({ near }: With<'near'>) => ` Did you mean ${near}?`,
  'usage.valid': ({ values }: { readonly values: readonly string[] }) => `Valid: ${values.join(', ')}`,
  'usage.help': ({ command }: With<'command'>) => `For all flags, run: qcode-setup ${command} --help`,
  'usage.commands': 'For all commands, run: qcode-setup --help',
  'usage.no-value': ({ flag }: With<'flag'>) => `${flag} doesn't take a value.`,
  'usage.no-value.hint': ({ flag }: With<'flag'>) => `Use just ${flag}`,
  'usage.value-missing': ({ flag }: With<'flag'>) => `--${flag} requires a value.`,
  'usage.value-missing.hint': ({ flag, value, summary }: With<'flag' | 'value' | 'summary'>) =>
    `--${flag} ${value}: ${summary}`,
  'usage.extra': ({ value }: With<'value'>) => `Unexpected argument "${value}".`,
  'usage.argument-missing': ({ name }: With<'name'>) => `Missing argument: ${name}.`,
  'usage.verb-missing': ({ verbs }: { readonly verbs: readonly string[] }) =>
    `Missing subcommand: ${alternatives(verbs)}.`,
  'usage.timeout': ({ value }: With<'value'>) =>
    `--timeout must be between 0 and 600 seconds, but is "${value}".`,
  'usage.timeout.hint': 'Example: --timeout 20',
  'usage.key-in-argument':
    "Don't pass the key on the command line: other programs and your shell history can see it. Nothing was done.",
  'usage.key-in-argument.hint':
    'Use --key-file PATH (or - for standard input) or QCODE_API_KEY. This key is now exposed, so create a new one in the QCode.cc console.',
  'usage.region-and-gateway': "A region and --gateway can't be used together.",
  'usage.region-and-gateway.hint': 'Use only one of them.',
  'usage.gateway-slash': ({ origin }: With<'origin'>) => `Removed the trailing slash of --gateway: ${origin}`,
  'model.missing': ({ tools }: { readonly tools: readonly string[] }) =>
    `${tools.join(', ')} can't be set up without a model.`,
  'model.left-out': ({ tool }: With<'tool'>) => `${tool} was left out: it can't be set up without a model.`,
  'model.missing.hint': ({ tool }: With<'tool'>) =>
    `Name one: qcode-setup --tool ${tool} --model NAME. To list them: qcode-setup models`,
  'model.blank': ({ whose }: With<'whose'>) => `--model ${whose} contains no model.`,
  'model.blank.hint': ({ whose, tool, name }: With<'whose' | 'tool' | 'name'>) =>
    `To choose one: --model ${whose}=ID · To return to the tool's own: --unset ${tool}=${name}`,
  'model.unknown-role': ({ role, tool }: With<'role' | 'tool'>) => `${tool} has no model for "${role}".`,
  'model.unknown-role.hint': ({
    tool,
    role,
    roles,
  }: With<'tool' | 'role'> & { readonly roles: readonly string[] }) =>
    `Name one of ${roles.join(', ')}: --model ${tool}:${role}=ID`,
  'option.not-supported': ({ flag, tools }: With<'flag'> & { readonly tools: readonly string[] }) =>
    `--${flag} has no effect on the selected tools: ${tools.join(', ')}.`,
  'option.not-supported.hint': ({ flag, tools }: With<'flag'> & { readonly tools: readonly string[] }) =>
    `Leave it out, or select a tool that has it: ${tools.join(', ')} (--${flag})`,
  'model.not-supported.hint': 'Leave it out, and choose the model in the tool itself, or in your program.',
  'option.no-place': ({ flag, places }: With<'flag'> & { readonly places: readonly string[] }) =>
    `--${flag} changed nothing: what it is for isn't installed here. Not found: ${places.join(', ')}`,
  'option.no-place.hint': ({ tool, flag }: With<'tool' | 'flag'>) =>
    `Install one of these and run this command again, or leave it out: qcode-setup --tool ${tool} --unset ${flag}`,
  'option.no-place.declared': ({ tool, flag }: With<'tool' | 'flag'>) =>
    `Install one of these, or take ${flag} out of the options of ${tool} in your setup file. Then run: qcode-setup apply FILE`,
  'option.other-way': ({ flag }: With<'flag'>) => `--${flag} changed nothing here.`,
  'option.other-way.hint': 'It needs --scope user --method file.',
  'option.number': ({ flag, value }: With<'flag' | 'value'>) =>
    `--${flag} needs a whole number, not "${value}".`,
  'option.number.hint': ({ flag }: With<'flag'>) => `For example: --${flag} 600000`,
  'usage.model': "--model doesn't fit all selected tools.",
  'usage.model.hint': ({ tool }: With<'tool'>) => `Name the tool: --model ${tool}=ID`,
  'usage.no-tool-found': 'No supported tool was found on this computer.',
  'usage.no-tool-found.hint': ({ tools }: { readonly tools: readonly string[] }) =>
    `Choose one: --tool ${tools.join(', --tool ')}`,
  'usage.shell': ({ shell }: With<'shell'>) => `Shell ${shell} is not supported.`,
  'usage.shell.hint': ({ shells }: { readonly shells: readonly string[] }) =>
    `Choose one: --shell ${shells.join(' | ')}`,
  'usage.keychain-needs-profile': ({ shell }: With<'shell'>) =>
    `--shell ${shell} can't be used with the keychain: a user variable of Windows can't get a key by a command.`,
  'usage.scope': ({ tool, scope }: With<'tool' | 'scope'>) =>
    `${tool} can't be configured with --scope ${scope}.`,
  'usage.scope.hint': ({ scopes }: { readonly scopes: readonly string[] }) =>
    `Use --scope ${scopes.join(' or --scope ')}`,
  'usage.method': ({ tool, method, scope }: With<'tool' | 'method' | 'scope'>) =>
    `${tool} can't be configured with --method ${method} and --scope ${scope}.`,
  'usage.method.hint': ({ methods }: { readonly methods: readonly string[] }) =>
    `Use --method ${methods.join(' or --method ')}`,
  'usage.key-store.keychain': ({ tools }: { readonly tools: readonly string[] }) =>
    `Nothing was changed. These tools can't read a key from the keychain: ${tools.join('; ')}.`,
  'usage.key-store.env': ({ tools }: { readonly tools: readonly string[] }) =>
    `Nothing was changed. These tools can't read a key from an environment variable: ${tools.join('; ')}.`,
  'usage.key-store.tool': ({ tool, details }: With<'tool'> & { readonly details: readonly string[] }) =>
    `${tool} (${details.join(', ')})`,
  'usage.key-store.hint': 'Use --key-store file',
  'usage.key-store.others': ({ others, store }: { readonly others: readonly string[] } & With<'store'>) =>
    `Use --key-store file for them. The others work with: --tool ${others.join(' --tool ')} --key-store ${store}`,

  // What a tool really uses.
  'url.requests': ({ path }: With<'path'>) => `Requests ${path}.`,
  'url.requests-not-found': ({ path }: With<'path'>) => `Requests ${path} → 404.`,
  'remedy.then': ({ remedy, command }: With<'remedy' | 'command'>) => `${remedy}; then run: ${command}`,
  'remedy.remove': ({ name, place }: With<'name' | 'place'>) => `Remove ${name} from ${place}.`,
  'remedy.remove-terminal': ({ name, place }: With<'name' | 'place'>) =>
    `Remove ${name} from ${place}, then open a new terminal.`,
  'remedy.remove-unset': ({ name, place }: With<'name' | 'place'>) =>
    `Remove ${name} from ${place}, then run: ${inShell().unset(name)}`,
  'remedy.set': ({ name, url, place }: With<'name' | 'url' | 'place'>) =>
    `Set ${name} to ${url} in ${place}.`,
  'remedy.set-there': ({ name, value, place, command }: With<'name' | 'value' | 'place' | 'command'>) =>
    `Set ${name} to ${value} in ${place}, then run: ${command}`,
  'remedy.then-set-up': ({ remedy, tool }: With<'remedy' | 'tool'>) =>
    after(remedy, `then run: qcode-setup --tool ${tool}`),
  'remedy.one-of-two': ({ remedy }: With<'remedy'>) =>
    `Keep only the right one. For the ignored one: ${remedy}`,
  'remedy.new-terminal': 'Open a new terminal.',
  'remedy.new-terminal.mac': 'Open a new terminal. Quit editors and start them again.',
  'effect.base-url-right': ({ tool, url, source, requests }: With<'tool' | 'url' | 'source' | 'requests'>) =>
    `${tool} uses ${url} from ${source}.${requests && ` ${requests}`}`,
  'effect.base-url-administered': ({
    tool,
    url,
    source,
    requests,
  }: With<'tool' | 'url' | 'source' | 'requests'>) =>
    `${tool} uses ${url}, set by your administrator in ${source}.${requests && ` ${requests}`}`,
  'effect.base-url-wrong': ({
    tool,
    url,
    source,
    fault,
    requests,
  }: With<'tool' | 'url' | 'source' | 'fault' | 'requests'>) =>
    `${tool} uses ${url} from ${source}: ${fault}${requests && ` ${requests}`}`,
  'effect.not-found': ({ tool, path, source, fault }: With<'tool' | 'path' | 'source' | 'fault'>) =>
    `${tool} requests ${path}, which the gateway doesn't have (404). The base URL in ${source} is wrong. ${fault}`,
  'effect.base-url-overridden': ({
    url,
    source,
    other,
    otherSource,
  }: With<'url' | 'source' | 'other' | 'otherSource'>) =>
    `${url} from ${source} overrides ${other} from ${otherSource}.`,
  'effect.base-url-managed': ({
    url,
    source,
    other,
    otherSource,
  }: With<'url' | 'source' | 'other' | 'otherSource'>) =>
    `Your administrator set ${url} (${source}). It overrides your ${other} from ${otherSource}.`,
  'effect.base-url-managed.hint': ({ remedy }: With<'remedy'>) =>
    `Ask your administrator if the wrong gateway is used. Otherwise, yours is not needed: ${remedy}`,
  'effect.base-url-empty': ({ tool, source }: With<'tool' | 'source'>) =>
    `${source} is empty, so ${tool} would send the key to its vendor.`,
  'effect.base-url-empty-behind': ({ source }: With<'source'>) =>
    `${source} is empty. Without another setting, the key would go to the vendor.`,
  'effect.base-url-elsewhere': ({ tool, url, source }: With<'tool' | 'url' | 'source'>) =>
    `${tool} uses ${url} from ${source}, not QCode.cc.`,
  'effect.base-url-other': ({ tool, url, source, origin }: With<'tool' | 'url' | 'source' | 'origin'>) =>
    `${tool} uses ${url} from ${source}, not ${origin} as it was configured.`,
  'effect.base-url-missing': ({ tool }: With<'tool'>) =>
    `${tool} is not configured: it has no base URL, so it uses its vendor's API.`,
  'effect.key-to-stranger': ({
    tool,
    url,
    source,
    keySource,
  }: With<'tool' | 'url' | 'source' | 'keySource'>) =>
    `${tool} sends the gateway's key from ${keySource} to ${url}, which is set in ${source}.`,
  'effect.key-to-vendor': ({ tool, source }: With<'tool' | 'source'>) =>
    `${tool} has the gateway's key from ${source} but no base URL, so it sends the key to its vendor.`,
  'effect.proxy-catches-loopback': ({ tool, host }: With<'tool' | 'host'>) =>
    `${tool} connects to ${host}, but a proxy variable catches that. The proxy looks for ${host} on its own computer.`,
  'effect.proxy-sees-key': ({ tool, host }: With<'tool' | 'host'>) =>
    `${tool} connects to ${host} unencrypted and through a proxy. The proxy can read your key and every prompt.`,
  'effect.no-key': ({ tool }: With<'tool'>) => `${tool} is set to QCode.cc but has no key.`,
  'effect.no-key.variable': ({ names, tool }: With<'tool'> & { readonly names: readonly string[] }) =>
    `Set ${names.join(' and ')} to your key in your environment, or run: qcode-setup --tool ${tool} --key-store file`,
  'effect.foreign-key': ({ tool, key, source }: With<'tool' | 'key' | 'source'>) =>
    `${tool} sends ${key} from ${source} to the gateway, but that is not a key of this gateway.`,
  'effect.placeholder-key': ({ tool, text, source }: With<'tool' | 'text' | 'source'>) =>
    `${source} contains ${text}, which is a placeholder and not a key. ${tool} sends it as it is, and the gateway rejects it.`,
  'effect.two-keys': ({
    tool,
    key,
    source,
    other,
    otherSource,
  }: With<'tool' | 'key' | 'source' | 'other' | 'otherSource'>) =>
    `${tool} sends two keys: ${key} from ${source} (used) and ${other} from ${otherSource} (ignored).`,
  'effect.different-keys': ({
    key,
    source,
    other,
    otherSource,
  }: With<'key' | 'source' | 'other' | 'otherSource'>) =>
    `Two different keys are set: ${key} in ${source} (used) and ${other} in ${otherSource} (ignored).`,
  'effect.key-command-missing': ({ tool, program }: With<'tool' | 'program'>) =>
    `${tool} gets its key from the command ${program}, which is not in PATH.`,
  'effect.key-command-missing.hint': ({ tool }: With<'tool'>) =>
    `npm install --global qcode-setup, or run: npx qcode-setup --tool ${tool} --key-store keychain`,
  'effect.in-this-terminal': ({ fault }: With<'fault'>) => `Until you open a new terminal: ${fault}`,
  'effect.new-terminal': "This terminal hasn't loaded the new variables yet.",
  'effect.foreign-model': ({
    tool,
    model,
    source,
    protocol,
  }: With<'tool' | 'model' | 'source' | 'protocol'>) =>
    `${tool} uses the model ${model} from ${source}. The gateway is not known to offer it through ${protocol}.`,
  'effect.foreign-model.hint': ({ remedy, tool }: With<'remedy' | 'tool'>) =>
    after(remedy, `to choose a model, run: qcode-setup --tool ${tool} --model ID`),
  'effect.unknown': ({ fault }: With<'fault'>) => `${fault} Values there may beat this setup.`,
  'effect.look': ({ command }: With<'command'>) => `To look at it: ${command}`,
  'effect.unparsed': ({ path }: With<'path'>) => `${path} can't be parsed.`,
  'effect.unreadable': ({ path, code }: With<'path' | 'code'>) =>
    `Can't read ${path}${code && ` (${code})`}.`,
  'profile.open': ({ here, what, shell, block }: With<'here' | 'what' | 'shell' | 'block'>) =>
    `${here} has an unclosed ${what}, so ${shell} doesn't reach the qcode-setup block in ${block}.`,
  'profile.stray': ({ here, what, shell, block }: With<'here' | 'what' | 'shell' | 'block'>) =>
    `${here} has an unexpected ${what}, so ${shell} doesn't reach the qcode-setup block in ${block}.`,
  'profile.end-of-file': 'end of the file',
  'profile.correct': ({ file, line }: With<'file'> & Count<'line'>) =>
    `Correct line ${line} of ${file}, then open a new terminal.`,
  'profile.ends': ({ here, what, shell, block }: With<'here' | 'what' | 'shell' | 'block'>) =>
    `${here} stops the file with ${what}, so ${shell} doesn't reach the qcode-setup block in ${block}.`,
  'profile.may-end': ({ here, what, shell, block }: With<'here' | 'what' | 'shell' | 'block'>) =>
    `${here} stops the file with ${what} if its condition holds. ${shell} then doesn't reach the qcode-setup block in ${block}.`,
  'profile.policy': ({ policy }: With<'policy'>) =>
    `Windows PowerShell 5.1 doesn't load profiles: its execution policy is ${policy}.`,
  'profile.policy.hint':
    'Run in PowerShell: Set-ExecutionPolicy -Scope CurrentUser RemoteSigned. Or configure the tool without --shell.',
  'profile.move': ({ file, line }: With<'file'> & Count<'line'>) =>
    `Move line ${line} of ${file} to the end of the file, then open a new terminal.`,
  'schema.fault': ({ where, name, fault, consequence }: With<'where' | 'name' | 'fault' | 'consequence'>) =>
    `${where}: ${name || 'the file'} ${fault}. ${consequence}`,
  'schema.type': ({ types }: { readonly types: readonly string[] }) => `must be ${types.join(' or ')}`,
  'schema.words': ({ words }: With<'words'>) => `must be one of ${words}`,
  'schema.missing': ({ field }: With<'field'>) => `is missing ${field}`,
  'schema.empty': 'must not be empty',
  'schema.minimum': ({ value }: With<'value'>) => `must be at least ${value}`,
  'schema.maximum': ({ value }: With<'value'>) => `must be at most ${value}`,
  'schema.names': 'contains a name that is not allowed',
  'schema.form': 'has the wrong format',
  'schema.string': 'text',
  'schema.number': 'a number',
  'schema.integer': 'a whole number',
  'schema.boolean': 'true or false',
  'schema.array': 'a list',
  'schema.object': 'a table of names and values',
  'schema.null': 'null',
  'schema.add-to-file': ({ field, place }: With<'field' | 'place'>) =>
    `Add ${field} to ${place}, or move the file away.`,
  'schema.add': ({ field, name, place }: With<'field' | 'name' | 'place'>) =>
    `Add ${field} to ${name} in ${place}.`,
  'schema.add-or-remove': ({ field, name, place }: With<'field' | 'name' | 'place'>) =>
    `Add ${field} to ${name} in ${place}, or remove ${name}.`,
  'schema.correct': ({ name, place }: With<'name' | 'place'>) => `Correct ${name && `${name} in `}${place}.`,
  'schema.correct-or-remove': ({ name, place }: With<'name' | 'place'>) =>
    `Correct ${name} in ${place}, or remove it.`,

  // The command doctor.
  'doctor.nothing-found': 'No supported tool was found here, and none is configured.',
  'doctor.deep.right': ({ tool, path, model }: With<'tool' | 'path' | 'model'>) =>
    `Run on a copy of your settings, ${tool} sent POST ${path} with the right key, for the model ${model}.`,
  'doctor.deep.key': ({ tool }: With<'tool'>) =>
    `Run on a copy of your settings, ${tool} sent a key that the gateway rejects.`,
  'doctor.deep.no-request': ({ tool, reason }: With<'tool' | 'reason'>) =>
    `Run on a copy of your settings, ${tool} sent no request to the gateway: ${reason}.`,
  'doctor.deep.no-reply': ({ tool, reason }: With<'tool' | 'reason'>) =>
    `Run on a copy of your settings, ${tool} got no response: ${reason}.`,
  'doctor.deep.hint': "See the other findings about this tool. The tool's own message is quoted above.",
  'doctor.deep.skipped': ({ tool, reason }: With<'tool' | 'reason'>) =>
    `${tool} was not run on a copy of its settings: ${reason}.`,
  'doctor.deep.not-found': 'it was not found on this computer',
  'doctor.deep.managed': 'its base URL is set by the administrator of this computer',
  'doctor.deep.command': 'its key comes from a command, which is not run with a copy',
  'doctor.machine': 'This computer',
  'doctor.not-installed': 'not installed',
  'doctor.base-url': 'Base URL',
  'doctor.key': 'Key',
  'doctor.none': 'none',
  'doctor.requests': ({ path }: With<'path'>) => ` (requests ${path})`,
  'doctor.ignored': 'Ignored',
  'doctor.setting': ({ name, value }: With<'name' | 'value'>) => `${name}: ${value}`,
  'doctor.source': ({ place, level }: With<'place' | 'level'>) => `${place} (${level})`,
  'doctor.level.managed': 'managed',
  'doctor.level.run': 'this run',
  'doctor.level.local': 'local',
  'doctor.level.project': 'project',
  'doctor.level.user': 'user',
  'doctor.level.system': 'system',
  'doctor.level.profile': 'profile',
  'doctor.summary': ({ errors, warnings, failed }: Count<'errors' | 'warnings' | 'failed'>) =>
    `${count(errors, 'error')}, ${count(warnings, 'warning')}${failed > 0 ? `, ${failed} could not be checked` : ''}`,
  'doctor.all-right': 'No problems found.',
  'doctor.not-checked': ({ tool, reason }: With<'tool' | 'reason'>) =>
    `${tool} could not be checked: ${reason}`,
  'doctor.unknown': ({ path }: With<'path'>) =>
    `${path} can't be opened, so it is unknown whether it has changed.`,
  'doctor.changed': ({ path, names }: With<'path'> & { readonly names: readonly string[] }) =>
    `${path} has changed since qcode-setup wrote it: ${names.join(', ')}.`,
  'doctor.missing': ({ path, names }: With<'path'> & { readonly names: readonly string[] }) =>
    `${path} no longer contains what qcode-setup wrote: ${names.join(', ')}.`,
  'doctor.write-again': ({ command }: With<'command'>) => `To write it again, run: ${command}`,
  'doctor.daemon': ({ tool, pid }: With<'tool'> & Count<'pid'>) =>
    `${tool}: a background process (PID ${pid}) is still using the old settings.`,
  'doctor.version': ({ tool, version, tested }: With<'tool' | 'version' | 'tested'>) =>
    `qcode-setup was not tested with ${tool} ${version} (tested: ${tested}).`,
  'doctor.version.hint': ({ url }: With<'url'>) => `If the tool does not work, see ${url}`,
  'doctor.backups-mode': ({ path, mode }: With<'path' | 'mode'>) =>
    `${path} contains backups with keys and is readable by other users (mode ${mode}).`,
  'doctor.backups-mode-not-kept': ({ path, mode }: With<'path' | 'mode'>) =>
    `${path} contains backups with keys, and its disk doesn't store file permissions (it shows ${mode}). Other users may be able to read them.`,
  'doctor.backups-mode-not-kept.hint':
    'chmod has no effect there. To keep backups on another disk, set XDG_STATE_HOME to a folder there before the first setup.',
  'doctor.key-mode': ({ path, mode }: With<'path' | 'mode'>) =>
    `${path} contains a key and is readable by other users (mode ${mode}).`,
  'doctor.key-rights': ({ path }: With<'path'>) =>
    `${path} contains a key and has the permissions of its folder. Other users may be able to read it.`,
  'doctor.key-rights.hint': 'To keep the key out of files, run: qcode-setup setup --key-store keychain',
  'doctor.key-mode-not-kept': ({ path, mode }: With<'path' | 'mode'>) =>
    `${path} contains a key, and its disk doesn't store file permissions (it shows ${mode}). Other users may be able to read it.`,
  'doctor.key-mode-not-kept.hint':
    'chmod has no effect there. To keep the key out of files, run: qcode-setup setup --key-store keychain (or --key-store env)',
  'doctor.git-not-asked': ({ path }: With<'path'>) =>
    `${path} contains a key, but Git could not be asked whether it tracks the file.`,
  'doctor.url': ({ url, fault, requests }: With<'url' | 'fault' | 'requests'>) =>
    `${url}: ${fault}${requests && ` ${requests}`}`,
  'doctor.url.empty': 'An empty base URL',
  'doctor.lint-fix': 'qcode-setup lint --fix',
  'doctor.lint-fix.terminal': 'Run qcode-setup lint --fix, then open a new terminal.',
  'doctor.shows': ({ tool, text }: With<'tool' | 'text'>) => `${tool} shows: "${text}"`,
  'doctor.wrong': 'is now',
  'doctor.right': 'should be',
  'doctor.key-refused': ({
    reason,
    key,
    places,
  }: With<'reason' | 'key'> & { readonly places: readonly string[] }) =>
    `${reason} ${key} is used by: ${places.join(', ')}.`,
  'doctor.key-refused.user': ({ tool, place }: With<'tool' | 'place'>) => `${tool} (${place})`,
  'doctor.key-refused.replace': ({ places }: { readonly places: readonly string[] }) =>
    `Replace the key in ${places.join(', ')}.`,
  'doctor.not-configured': ({ tools }: { readonly tools: readonly string[] }) =>
    `Not configured: ${tools.join(', ')}.`,
  'doctor.not-here': ({ tools }: { readonly tools: readonly string[] }) =>
    `Not installed: ${tools.join(', ')}.`,
  'doctor.not-here-at-all': ({ tool }: With<'tool'>) => `${tool} is neither installed nor configured here.`,
  'doctor.elsewhere': ({ tool, url }: With<'tool' | 'url'>) => `${tool} (uses ${url})`,
  'doctor.url.user': ({ url }: With<'url'>) => `qcode-setup lint --fix (writes ${url})`,
  'doctor.url.managed': ({ url }: With<'url'>) =>
    `Managed: an administrator has set it. Ask them to change it to ${url}`,
  'doctor.url.system': ({ url }: With<'url'>) =>
    `It is set for every user of this computer. An administrator can change it to ${url}`,
  'doctor.url.environment': ({ url }: With<'url'>) => `Change it to ${url} where it is set.`,

  // The command lint.
  'lint.requests': ({ path }: With<'path'>) => `would request ${path}`,
  'lint.not-found': ({ path }: With<'path'>) => `would request ${path}, where the gateway answers 404`,
  'lint.managed': '(managed: set by an administrator)',
  'lint.system': '(system: for every user of this computer)',
  'lint.use': 'should be',
  'lint.found': ({ problems, files }: Count<'problems' | 'files'>) =>
    `Found ${count(problems, 'problem')} in ${count(files, 'file')}`,
  'lint.clean': ({ files }: Count<'files'>) => `No problems found in ${count(files, 'file')}.`,
  'lint.unread': ({ files }: Count<'files'>) => `${count(files, 'file')} could not be checked.`,
  'lint.fixed': ({ problems }: Count<'problems'>) => `Fixed ${count(problems, 'problem')}.`,
  'lint.would-fix': ({ problems }: Count<'problems'>) =>
    `Would fix ${count(problems, 'problem')} (--dry-run). Nothing was written.`,
  'lint.can-fix': ({ problems }: Count<'problems'>) =>
    `${count(problems, 'problem')} can be fixed: add --fix`,
  'lint.not-parsed': ({ where }: With<'where'>) =>
    `${where}: the file can't be parsed, so nothing in it is fixed.`,
  'lint.unread.not-regular': ({ path }: With<'path'>) =>
    `${path} is a pipe, socket or device, so it was not checked.`,
  'lint.unread.is-folder': ({ path }: With<'path'>) =>
    `${path} is a folder that can't be opened, so it was not checked.`,
  'lint.unread.too-large': ({ path }: With<'path'>) =>
    `${path} names the gateway but is too large for source code or settings, so it was not checked.`,
  'lint.unread.not-text': ({ path }: With<'path'>) => `${path} is not text, so it was not checked.`,
  'lint.unread.too-long': ({ path }: With<'path'>) => `The path ${path} is too long, so it was not checked.`,
  'lint.unread.not-readable': ({ path }: With<'path'>) => `Can't read ${path}, so it was not checked.`,
  'error.path-not-found': ({ path }: With<'path'>) => `There is no file or folder ${path}.`,
  'error.path-not-found.hint': "To check this computer's own settings, run: qcode-setup lint",
  'sarif.use': ({ url }: With<'url'>) => `Use ${url}`,

  // The commands prove and demo.
  'demo.gateway': ({ origin }: With<'origin'>) => `Local test gateway: ${origin}`,
  'demo.worked':
    'All tools were configured in a temporary home directory, and every request reached the right endpoint. The temporary files have been deleted.',
  'demo.failed':
    'Not every request reached the right endpoint. This is a bug in qcode-setup. Please report it.',
  'demo.start': 'To set up your own tools, run: qcode-setup',
  'prove.not-noted': ({ folder }: With<'folder'>) =>
    `The test passed, but that could not be saved in ${folder}, so doctor names this version again.`,
  'prove.not-noted.hint': ({ look }: With<'look'>) =>
    `Give yourself permission to write there, or wait for another qcode-setup to end. Then run: qcode-setup prove. To look at it: ${look}`,
  'prove.not-set-up': 'Nothing is configured yet: this tested the settings that a setup would write.',
  'prove.not-set-up.hint': ({ tools }: { readonly tools: readonly string[] }) =>
    `To write them, run: qcode-setup --tool ${tools.join(' --tool ')}`,
  'prove.nothing': 'No tool was run, so nothing was tested.',
  'prove.nothing.hint': 'Install a tool, or name one: qcode-setup prove --tool ID',
  'prove.no-way': 'its tool folder does not say how to run it',
  'prove.not-in-path': ({ commands }: { readonly commands: readonly string[] }) =>
    `${commands.join(' and ')} not in PATH`,
  'prove.own-home': 'on Windows it would use your own settings: it has no variable for another folder',
  'prove.touched': ({ tool, paths }: With<'tool'> & { readonly paths: readonly string[] }) =>
    `While ${tool} ran, files of your own changed: ${paths.join(', ')}`,
  'prove.touched.hint': 'If no other tool was open, this is a bug in qcode-setup. Please report it.',
  'prove.tool': 'Tool',
  'prove.request': 'Request',
  'prove.key': 'Key',
  'prove.result': 'Result',
  'prove.proven': 'works',
  'prove.wrong': 'WRONG REQUEST',
  'prove.no-request': 'sent no request',
  'prove.no-reply': 'showed no response',
  'prove.skipped': 'skipped',
  'prove.reason': ({ tool, reason }: With<'tool' | 'reason'>) => `${tool}: ${reason}`,
  'prove.all-right':
    'Every tool got its response. Copies of your settings were used. Your own files were not changed.',
  'prove.wrong-path': ({ path, expected }: With<'path'> & { readonly expected: readonly string[] }) =>
    `requested ${path} instead of ${expected.join(' or ')}`,
  'prove.wrong-status': ({ path, status }: With<'path'> & Count<'status'>) =>
    `POST ${path} returned ${status}`,
  'prove.timed-out': 'timed out',
  'prove.not-started': 'could not be started',
  'prove.exit': ({ exit, said }: Count<'exit'> & With<'said'>) =>
    `exited with code ${exit}${said && `: ${said}`}`,

  // The reports of setup, switch, remove and undo.
  'report.tool': 'Tool',
  'report.result': 'Result',
  'report.base-url': 'Base URL',
  'report.status': 'Status',
  'report.scope': 'Scope',
  'report.files': 'Files',
  'report.heading': ({ title }: With<'title'>) => `${title}:`,
  'report.item': ({ name, note }: With<'name' | 'note'>) => `${name} (${note})`,
  'report.create': 'created',
  'report.update': 'changed',
  'report.unchanged': 'no change',
  'report.remove': 'removed',
  'report.keychain': ({ key, note }: With<'key' | 'note'>) => `System keychain: ${key} (${note})`,
  'report.keychain.removed': 'System keychain (removed)',
  'report.dry-run': 'Nothing was written (--dry-run).',
  'report.up-to-date': 'Already up to date. Nothing was written.',
  'report.same-command': ({ command }: With<'command'>) => `To repeat this without prompts: ${command}`,
  'report.new-shell': 'Open a new terminal to use the new variables.',
  'report.new-shell.mac':
    'Open a new terminal to use the new variables. Quit editors and start them again: they ask your login shell.',
  'report.new-programs':
    'Close and restart running terminals and editors: only newly started programs see the changed variables.',
  'report.start': ({ commands }: { readonly commands: readonly string[] }) => `Next: ${commands.join(', ')}`,
  'report.undo': 'To undo: qcode-setup undo',
  'verdict.ready': ({ tools }: { readonly tools: readonly string[] }) =>
    `${listed(tools)} ${tools.length === 1 ? 'is' : 'are'} ready.`,
  'verdict.configured': ({ tools }: { readonly tools: readonly string[] }) =>
    `${listed(tools)} ${tools.length === 1 ? 'is' : 'are'} configured. The gateway was not tested.`,
  'verdict.removed': ({ tools }: { readonly tools: readonly string[] }) =>
    `Removed the settings of ${listed(tools)}.`,
  'verdict.not-working': ({ reason }: With<'reason'>) => `Not working yet: ${reason}`,
  'verdict.see-below': 'see below.',
  'verdict.changed': ({ files }: Count<'files'>) => `Changed ${files} ${files === 1 ? 'file' : 'files'}.`,
  'verdict.would-change': ({ files }: Count<'files'>) =>
    `Would change ${files} ${files === 1 ? 'file' : 'files'} (--dry-run).`,
  'verdict.undone': ({ run }: With<'run'>) => `Undone: ${run}.`,
  'verdict.would-undo': ({ run }: With<'run'>) => `Would undo ${run} (--dry-run).`,
  'verdict.status': ({ tools }: { readonly tools: readonly string[] }) =>
    `Configured and up to date: ${tools.join(', ')}.`,
  'verdict.drifted': ({ tools }: { readonly tools: readonly string[] }) =>
    `Changed since qcode-setup wrote them: ${tools.join(', ')}.`,
  'report.nothing-to-remove': 'Nothing to remove.',
  'report.undone': ({ run }: With<'run'>) => `Undone (${run}):`,
  'report.would-undo': ({ run }: With<'run'>) => `Would be undone (${run}, --dry-run):`,
  'report.nothing-to-undo': 'Nothing to undo.',
  'changes.id': 'Change',
  'changes.time': 'Time',
  'changes.command': 'Command',
  'changes.can-undo': 'can be undone',
  'changes.undone': 'undone',
  'changes.undo': 'is an undo',
  'changes.key-replaced': "replaced the key, can't be undone",
  'changes.purged': "backups deleted, can't be undone",
  'changes.unfinished': 'interrupted',
  'report.undone-first': ({ run }: With<'run'>) => `The change ${run} was undone.`,
  'error.exit-code-needs-dry-run': '--exit-code reports what would change, so it needs --dry-run here.',
  'error.exit-code-needs-dry-run.hint': 'Add --dry-run, or remove --exit-code.',
  'error.tool-missing': 'No tool selected.',
  'error.tool-missing.hint': ({ tools }: { readonly tools: readonly string[] }) =>
    `Use --tool ID (repeatable), --tool all, or --tool detected. Tools: ${tools.join(', ')}`,
  'error.region-missing': 'No region selected.',
  'error.region-missing.hint': ({ regions }: { readonly regions: readonly string[] }) =>
    `Run: qcode-setup switch ${regions.join('|')} (or --gateway URL)`,
  'error.conflict': 'Nothing was changed. These values were set by you:',
  'error.conflict.drift': ({ path, key, value }: With<'path' | 'key' | 'value'>) =>
    `${path}: ${key} is ${value} (changed after qcode-setup wrote it)`,
  'error.conflict.guarded': ({ path, key, value }: With<'path' | 'key' | 'value'>) =>
    `${path}: ${key} is ${value} (not written by qcode-setup)`,
  'error.conflict.hint':
    'To replace them, add --on-conflict overwrite. To keep them, add --on-conflict skip.',
  'error.conflict.key': ({ key, command }: With<'key' | 'command'>) =>
    `To write ${key} again, run: ${command}`,
  'error.conflict.key.works': ({ key, command }: With<'key' | 'command'>) =>
    `To go on with ${key} as it is, add --on-conflict skip. To write it again, run: ${command}`,
  'error.no-effect': "Nothing was changed, because the tools wouldn't work as you asked:",
  'error.no-effect.hint': 'Fix that first, or add --allow-problems to write anyway.',
  'error.split-connection': 'To remove what you changed as well, add --on-conflict overwrite.',
  'error.broken-targets': "Nothing was changed, because these files can't be edited:",
  'error.broken-targets.hint': ({ tools }: { readonly tools: readonly string[] }) =>
    `Correct them, or leave out ${tools.join(', ')}.`,
  'project.leads-out': ({ tool, project, path, target }: With<'tool' | 'project' | 'path' | 'target'>) =>
    `${tool} in ${project} was not changed: ${path} is a link out of the project, or is behind one. It leads to ${target}.`,
  'tool.not-set-up': ({ tool }: With<'tool'>) => `${tool} is not configured.`,
  'place.gone': ({ folder }: With<'folder'>) =>
    `${folder} no longer exists and was skipped. If you restore it, it will contain the old settings and the old key.`,
  'place.unknown-tool': ({ tool }: With<'tool'>) =>
    `${tool} is configured, but this version doesn't know it (its tool folder may be gone). It was skipped.`,
  'place.unknown-tool.hint': 'To remove what was written for it, run: qcode-setup remove',
  'daemon.restarted': ({ tool }: With<'tool'>) => `${tool}: its background process was restarted.`,
  'daemon.running': ({ tool, command, pid }: With<'tool' | 'command'> & Count<'pid'>) =>
    `${tool}: a background process (PID ${pid}) is still using the old settings. Run: ${command}`,
  'check.cut-short': "The check was interrupted, so qcode-setup doesn't know whether these settings work.",
  'check.kept': 'The settings were kept.',
  'check.kept.hint': 'Another region: qcode-setup switch REGION. Compare them: qcode-setup check --all',
  'check.kept.hint.undo':
    'Undo: qcode-setup undo. Another region: qcode-setup switch REGION. Compare them: qcode-setup check --all',
  'git.line-added': ({ gitignore, pattern, path }: With<'gitignore' | 'pattern' | 'path'>) =>
    `${gitignore}: added the line ${pattern}, so Git ignores ${path} and the key in it.`,
  'chezmoi.overwrites': ({ path, source }: With<'path' | 'source'>) =>
    `${path} is managed by chezmoi (${source}). The next "chezmoi apply" would take this change away.`,
  'chezmoi.deletes': ({ path, source }: With<'path' | 'source'>) =>
    `chezmoi allows only its own files in the folder of ${path} (${source}). The next "chezmoi apply" would delete the file.`,
  'chezmoi.re-add': ({ path }: With<'path'>) => `To keep it, run: chezmoi re-add ${path}`,
  'chezmoi.edit': ({ path }: With<'path'>) =>
    `It is made from a template. Make the same change there: chezmoi edit ${path}`,
  'chezmoi.forget': ({ path }: With<'path'>) =>
    `The file holds your key, so don't add it again. To stop managing it, run: chezmoi forget ${path}`,
  'chezmoi.ignore': ({ name, file }: With<'name' | 'file'>) => `To keep it, add the line ${name} to ${file}`,
  'git.method-env': 'To keep the key out of this file, add --method env.',
  'git.allow-tracked': 'To write the key anyway, add --allow-tracked.',
  'backups.kept': ({ folder, backups }: With<'folder'> & Count<'backups'>) =>
    `${count(backups, 'backup')} in ${folder} still contain${backups === 1 ? 's' : ''} the key, so that undo can restore it.`,
  'backups.kept.hint': 'To delete them (undo is then no longer possible), run: qcode-setup remove --purge',
  'backups.purged': ({ folder, backups }: With<'folder'> & Count<'backups'>) =>
    `Deleted ${count(backups, 'backup')} with the key from ${folder}. The changes they belong to can no longer be undone.`,
  'backups.would-purge':
    'These backups contain the key and would be deleted, with those that the removal creates:',
  'backups.none': 'No backup contains the key.',
  'backups.needed': ({ folder, backups }: With<'folder'> & Count<'backups'>) =>
    `${count(backups, 'backup')} with the key in ${folder} could not be deleted: ${backups === 1 ? 'it is' : 'they are'} needed to restore what your current settings replaced.`,
  'remove.leads-out': ({ path, target }: With<'path' | 'target'>) =>
    `${path} was left alone: it is now a link out of the project, or is behind one. It leads to ${target}.`,
  'removed.item': ({ name, note }: With<'name' | 'note'>) => `${name}: ${note}`,
  'removed.restored': 'your value restored',
  'removed.values': 'added values removed',
  'removed.block': 'block removed',
  'removed.file': 'deleted (created by qcode-setup)',
  'removed.kept': 'kept what you changed (yours)',
  'remove.key-in-keychain': 'The key is still in the system keychain, but no tool reads it from there now.',
  'remove.key-in-keychain.hint': 'To delete it, run: qcode-setup key forget',
  'recovery.undone': ({ run, command }: With<'run' | 'command'>) =>
    `A previous change (${run}, ${command}) was interrupted. It has been rolled back.`,
  'recovery.finished': ({ run, command }: With<'run' | 'command'>) =>
    `A previous change (${run}, ${command}) was interrupted. It has been finished.`,
  'recovery.left-alone': ({ path }: With<'path'>) =>
    `${path} has changed since then, so it was left as it is.`,
  'recovery.waiting': ({ run, command }: With<'run' | 'command'>) =>
    `A previous change (${run}, ${command}) was interrupted and is not finished. This preview starts from your files as they are now.`,
  'recovery.waiting.hint': ({ command }: With<'command'>) => `To complete it, run: ${command}`,
  'recovery.interrupted': ({ run, command }: With<'run' | 'command'>) =>
    `A previous change (${run}, ${command}) was interrupted.`,
  'recovery.damaged': ({ reason, run }: With<'reason' | 'run'>) =>
    `${reason} The change ${run} can't be undone, and key rotate doesn't renew its backups.`,
  'report.deleted': 'deleted, because qcode-setup created it',
  'report.list': ({ items }: { readonly items: readonly string[] }) => items.join(', '),

  // The commands status and print.
  'status.not-set-up': ({ tools }: { readonly tools: readonly string[] }) =>
    `Not configured: ${tools.join(', ')}.`,
  'switch.not-set-up.hint': ({ tools }: With<'tools'>) => `To configure it, run: qcode-setup setup ${tools}`,
  'switch.others-stay': ({ tools, region }: { readonly tools: readonly string[] } & With<'region'>) =>
    `Still in region ${region}: ${tools.join(', ')}.`,
  'status.none': 'Nothing is configured yet. Run: qcode-setup',
  'status.as-written': 'up to date',
  'status.changed': 'modified',
  'status.missing': 'incomplete',
  'status.unreadable': "can't be read",
  'status.differs': ({ path, state, keys }: With<'path' | 'state'> & { readonly keys: readonly string[] }) =>
    `${path} (${state}: ${keys.join(', ')})`,
  'status.wishes': ({ tool, wishes }: With<'tool'> & { readonly wishes: readonly string[] }) =>
    `${tool}: ${wishes.join(', ')}`,
  'limits.told': ({
    origin,
    name,
    used,
    left,
  }: With<'origin' | 'name' | 'used'> & { readonly left: readonly string[] }) =>
    `At ${origin}, your key${name && ` "${name}"`} has used ${used} tokens so far${left.length > 0 ? `. Limits: ${left.join('; ')}.` : '. The gateway reports no limits.'}`,
  'limits.used-up': ({
    origin,
    name,
    budgets,
  }: With<'origin' | 'name'> & { readonly budgets: readonly string[] }) =>
    `At ${origin}, your key${name && ` "${name}"`} has used up a limit: ${budgets.join('; ')}.`,
  'limits.used-up.hint': ({ name }: With<'name'>) =>
    `Raise the limit of the key where you created it, or use another one: qcode-setup key rotate${name && ` --name ${name}`}`,
  'limits.unknown': ({ origin, name }: With<'origin' | 'name'>) =>
    `The limits of your key${name && ` "${name}"`} at ${origin} are not known.`,
  'limits.unknown.hint': ({ command }: With<'command'>) => `To test the gateway and the key, run: ${command}`,
  'limits.left': ({ left, limit }: With<'left' | 'limit'>) => `${left} of ${limit} left`,
  'limits.at-most': ({ limit }: With<'limit'>) => `at most ${limit}`,
  'limits.day-cost': ({ amount }: With<'amount' | 'minutes'>) => `${amount} for today`,
  'limits.opus-week-cost': ({ amount }: With<'amount' | 'minutes'>) => `${amount} for Opus this week`,
  'limits.total-cost': ({ amount }: With<'amount' | 'minutes'>) => `${amount} in total`,
  'limits.window-cost': ({ amount, minutes }: With<'amount' | 'minutes'>) =>
    `${amount} in ${minutes} minutes`,
  'limits.window-requests': ({ amount, minutes }: With<'amount' | 'minutes'>) =>
    `requests: ${amount} in ${minutes} minutes`,
  'limits.window-tokens': ({ amount, minutes }: With<'amount' | 'minutes'>) =>
    `tokens: ${amount} in ${minutes} minutes`,
  'limits.at-once': ({ count }: With<'count'>) => `requests at the same time: ${count}`,
  'limits.expires': ({ date }: With<'date'>) => `expires on ${date}`,
  'limits.refused': ({ models }: { readonly models: readonly string[] }) =>
    `not for the models ${models.join(', ')}`,
  'status.name': 'Name',
  'status.key': 'Key',
  'status.gateway': 'Gateway',
  'status.used-by': 'Used by',
  'status.scope.user': 'user',
  'status.scope.project': 'project',
  'status.scope.managed': 'whole computer',
  'status.key.file': 'settings file',
  'status.key.env': 'your variables',
  'status.key.each': "each user's own",
  'status.key.keychain': 'system keychain',
  'status.unfinished.hint': ({ command }: With<'command'>) =>
    `To complete it, run: ${command}, or run the interrupted command again.`,
  'print.also': ({ path, tool, format }: With<'path' | 'tool' | 'format'>) =>
    `Also needed: ${path} (qcode-setup print ${tool} --format ${format})`,
  'print.by-hand': ({ tool, docs }: With<'tool' | 'docs'>) =>
    `${tool} is set up by hand. These steps follow its documentation (${docs}); qcode-setup was not tested with it.`,
  'print.steps-key': 'Steps never show the key.',
  'print.steps-key.hint': 'Leave out --with-key, and enter your key where the steps say so.',
  'print.link-holds-key':
    'The link contains your key. Open it on this computer only: whoever gets it can use the key, and chats and browsers keep links.',
  'print.save-in': ({ path }: With<'path'>) => `Save this in ${path}`,

  // Installing clients.
  'install.ask': ({ tools }: { readonly tools: readonly string[] }) => `Install ${tools.join(', ')} now?`,
  'install.line': ({ tool, command }: With<'tool' | 'command'>) =>
    `${tool} is not installed. This installs it: ${command}`,
  'install.stopping': ({ command }: With<'command'>) =>
    `Stopping (Ctrl-C again stops it at once): ${command}`,
  'install.progress': ({ command }: With<'command'>) => `Running ${command}`,
  'install.done': ({ tool }: With<'tool'>) => `${tool} has been installed.`,
  'install.would': ({ tool, command }: With<'tool' | 'command'>) => `Would install ${tool}: ${command}`,
  'install.by-yourself': ({ tool }: With<'tool'>) =>
    `${tool} is not installed, and --install can't install it.`,
  'install.no-program': ({ tool, program }: With<'tool' | 'program'>) =>
    `${tool} was not installed: ${program} is not in PATH.`,
  'install.no-program.hint': ({ program, command }: With<'program' | 'command'>) =>
    `Install ${program} first, then run: ${command}`,
  'install.silent': ({ tool, command, exit }: With<'tool' | 'command'> & { readonly exit: number | null }) =>
    `${tool} could not be installed: ${command} ${exit === null ? 'was ended' : `ended with exit code ${exit}`} and printed nothing.`,
  'install.hint': ({ command }: With<'command'>) => `To install it yourself: ${command}`,
  'install.not-in-path': ({ tool, commands }: With<'tool'> & { readonly commands: readonly string[] }) =>
    `${tool} has been installed, but ${commands.join(' and ')} is not in PATH.`,
  'install.not-in-path.hint': ({ program }: With<'program'>) =>
    `Add the folder into which ${program} installs programs to PATH, then open a new terminal.`,
  'install.failed': ({ tool, command }: With<'tool' | 'command'>) =>
    `${tool} could not be installed. The last lines of ${command}:`,
  'install.not-allowed.hint':
    'The folder for global packages is not yours. Never use sudo for it: choose one of your own (npm config set prefix ~/.local), and put its bin folder in PATH.',
  'install.slow': ({ tool, minutes }: With<'tool'> & { readonly minutes: number }) =>
    `${tool} was not installed within ${minutes} minutes.`,
  'install.unfit': ({ tool, runtime, wanted, version }: With<'tool' | 'runtime' | 'wanted' | 'version'>) =>
    `${tool} needs ${runtime} ${wanted}, and the one in PATH is ${version}.`,
  'install.unfit.hint': ({ tool, runtime }: With<'tool' | 'runtime'>) =>
    `Install such a ${runtime} first, or leave out ${tool}.`,
  'install.nothing': 'Nothing was installed or configured.',
  'install.now': 'Install now',
  'install.now.from': ({ urls }: { readonly urls: readonly string[] }) =>
    `Install now from a mirror in mainland China (${urls.join(', ')})`,
  'install.later': 'Not now',
  'install.missing': ({ tool, command }: With<'tool' | 'command'>) => `To install ${tool}: ${command}`,
  'install.unconfirmed': '--install runs other programs, so it asks first.',
  'install.unconfirmed.hint': 'Add --yes, or run the command in a terminal.',
  'install.registry': ({ value }: With<'value'>) => `Can't install from "${value}".`,
  'install.registry.hint': ({ names }: { readonly names: readonly string[] }) =>
    `Use an https:// URL without a user name, or one of: ${names.join(', ')}`,
  'install.registry-alone': '--registry is for --install.',
  'install.registry-several': ({ tools }: { readonly tools: readonly string[] }) =>
    `No single registry has all of these: ${tools.join(', ')}.`,
  'install.registry-several.hint': 'Install the tools from npm first, then those from pipx.',

  // The command run.
  'run.not-installed': ({ tool, commands }: With<'tool'> & { readonly commands: readonly string[] }) =>
    `${tool} is not installed (${commands.join(' and ')} not in PATH).`,
  'run.not-installed.hint': ({ command }: With<'command'>) => `Install it, then try again: ${command}`,
  'run.no-way': ({ tool }: With<'tool'>) => `${tool} can't be started with other settings just once.`,
  'run.program-missing': ({ tool }: With<'tool'>) => `${tool} is a library. Name the program to start.`,
  'run.program-missing.hint': ({ tool }: With<'tool'>) =>
    `For example: qcode-setup run ${tool} -- python app.py`,
  'run.program-not-found': ({ program }: With<'program'>) => `Program "${program}" was not found in PATH.`,
  'run.not-started': ({ program, code }: With<'program' | 'code'>) =>
    `${program} could not be started (${code}).`,
  'run.not-started.hint': ({ program }: With<'program'>) =>
    `Check that it runs by itself: ${program} --version`,
  'run.reserved': ({ flag, tool }: With<'flag' | 'tool'>) =>
    `With ${flag}, ${tool} might not use the settings of this run, and so not the gateway.`,
  'run.reserved.hint': ({ flag }: With<'flag'>) => `Run it again without ${flag}.`,
  'run.unplaced': ({ flag, tool }: With<'flag' | 'tool'>) =>
    `${tool} takes ${flag} from its own settings only, not for a single run.`,
  'run.unplaced.hint': ({ command }: With<'command'>) => `Leave it out, or set it up: ${command}`,
  'run.refused': ({ tool }: With<'tool'>) =>
    `${tool} was not started, because it would not use the gateway with your key:`,
  'run.json': '--json needs --print: the output belongs to the program that is started.',
  'run.json.hint': 'Add --print to see the command, or leave out --json.',
  'try.which': 'Which tool do you want to try?',
  'try.ended': ({ tool }: With<'tool'>) => `${tool} has ended. qcode-setup changed none of your files.`,
  'try.setup': ({ command }: With<'command'>) => `To set it up for good: ${command}`,
  'try.again': ({ command }: With<'command'>) => `To try it again: ${command}`,
  'run.unset': ({ names }: { readonly names: readonly string[] }) => `Not passed on: ${names.join(', ')}`,
  'run.file': ({ path }: With<'path'>) => `Private file, deleted when the program ends: ${path}`,

  // The commands models and tools.
  'check.key-of': ({ key, tools, message }: KeyOfTools & With<'message'>) =>
    `${listed(tools)}, key ${key}: ${message}`,
  'check.key.of': ({ tools }: Pick<KeyOfTools, 'tools'>) => `key of ${listed(tools)}`,
  'check.key-untested': ({ key, tools }: KeyOfTools) =>
    `${listed(tools)}: the key ${key} was not tested, because only one key is.`,
  'models.model': 'Model',
  'models.protocols': 'Protocols',
  'models.tools': 'Tools',
  'models.none': ({
    listed,
    unnamed,
    protocol,
  }: {
    readonly listed: number
    readonly unnamed: number
    readonly protocol: string
  }) => {
    if (listed > 0)
      return `The gateway lists ${count(listed, 'model')}, but none for the protocol ${protocol}.`
    return unnamed > 0
      ? 'The gateway lists models, but none by a name that can be shown.'
      : 'The gateway lists no models.'
  },
  'models.unnamed': ({ path, models }: { readonly path: string; readonly models: number }) =>
    `${path} lists ${count(models, 'model')} whose names cannot be shown or chosen: they contain spaces, commas or special characters, are too long, or resemble your key.`,
  'models.more': ({ path }: With<'path'>) =>
    `The gateway has more models than it lists at ${path}: this list is not complete.`,
  'models.no-list-in': ({ host, path, status }: With<'host' | 'path' | 'status'>) =>
    `${host} answered GET ${path} with ${status}, but not with a list of models.`,
  'models.not-found': ({ path }: With<'path'>) =>
    `The gateway has no list of models at ${path} (404). Requests to its API can still work.`,
  'models.no-list': ({ paths }: { readonly paths: readonly string[] }) =>
    `The gateway gave no list of models (${paths.join(', ')}).`,
  'models.all-not-found': 'It answered 404 at each path, so it does not offer a list.',
  'models.no-list.hint': 'To test the gateway and your key, run: qcode-setup check',
  'list.between': ', ',
  'tools.id': 'Tool',
  'tools.title': 'Name',
  'tools.installed': 'Installed',
  'tools.tested': 'Tested',
  'tools.scopes': 'Scopes',
  'tools.yes': 'yes',
  'tools.no': 'no',
  'tools.range': ({ from, to }: With<'from' | 'to'>) => `${from} to ${to}`,
  'tools.documented': 'no, only documentation was read',
  'tools.by-hand': ({ command }: With<'command'>) => `by hand: ${command}`,

  // The commands report and invite.
  'fleet.machine': ({ machine }: With<'machine'>) => `Computer: ${machine}`,
  'fleet.nothing': 'No tool on this computer uses the gateway.',
  'fleet.others': ({ problems }: { readonly problems: readonly string[] }) => `Also: ${problems.join(', ')}`,
  'fleet.tool': 'Tool',
  'fleet.effect': 'Requests go to',
  'fleet.region': 'Region',
  'fleet.key': 'Key',
  'fleet.age': 'Key written',
  'fleet.problems': 'Problems',
  'fleet.effect.gateway': 'the gateway',
  'fleet.effect.elsewhere': 'another address',
  'fleet.effect.vendor': 'the vendor',
  'fleet.days': ({ days }: Count<'days'>) =>
    days === 0 ? 'today' : days === 1 ? '1 day ago' : `${days} days ago`,
  'invite.letter': ({ tools }: { readonly tools: readonly string[] }) =>
    `This sets up ${tools.join(', ')} for our QCode.cc gateway. You need Node.js 20 or newer and your own key.\nRun the line above in a terminal. It shows every change and asks before it writes.\nTo undo it, run: npx qcode-setup undo`,
  'invite.letter-with-file': ({
    tools,
    file,
  }: {
    readonly tools: readonly string[]
    readonly file: string
  }) =>
    `This sets up ${tools.join(', ')} for our QCode.cc gateway. You need Node.js 20 or newer and your own key.\nSave the attached file ${file}, then run the line above in its folder. It shows every change and asks before it writes.\nTo undo it, run: npx qcode-setup undo`,

  // Completion.
  'completion.shell.hint': ({ shells }: { readonly shells: readonly string[] }) =>
    `Choose one: qcode-setup completion install ${shells.join(' | ')}`,
  'completion.next': ({ shell }: With<'shell'>) =>
    `Next: open a new ${shell}, type "qcode-setup " and press Tab.`,
  'completion.needs': ({ shell, name }: With<'shell' | 'name'>) =>
    `${shell} loads the script only if the package ${name} is installed.`,
  'completion.not-in-path': 'qcode-setup is not in PATH, so the shell cannot ask it for completions.',

  // What launchd of macOS starts an application by.
  'launch-agent.not-here': 'Only macOS has LaunchAgents.',
  'launch-agent.on-linux':
    'Leave out --launch-agent. Start the editor from a new terminal, which hands the variables on.',
  'launch-agent.on-windows':
    'Leave out --launch-agent. On Windows, every program that you start anew has the variables.',
  'launch-agent.no-variables':
    '--launch-agent starts an application with your variables, but this setup writes no key to a file of variables that sh can read.',
  'launch-agent.no-variables.hint':
    'Add --method env, with --shell zsh, bash or sh where yours is another, or leave out --launch-agent.',
  'launch-agent.no-application': ({ app, places }: With<'app'> & { readonly places: readonly string[] }) =>
    `Application ${app} was not found (${places.join(', ')}).`,
  'launch-agent.no-application.hint':
    'Give its name as the Finder shows it, or its path: --launch-agent "~/Applications/Some Editor.app"',
  'launch-agent.next': ({ app }: With<'app'>) =>
    `VS Code, Cursor, Zed and JetBrains IDEs read the variables from your login shell, so they need no LaunchAgent. For others: quit ${app}, then start it with this line, as ${app} gets no variables from the Dock.`,
  'launch-agent.loaded': ({ app }: With<'app'>) =>
    `macOS keeps the LaunchAgent for ${app} loaded until you log out. To unload it now, quit ${app} and run the line below.`,
  'launch-agent.unknown': ({ app }: With<'app'>) => `There is no LaunchAgent for ${app}.`,
  'launch-agent.none': 'No application has one.',
  'launch-agent.drift': ({ path }: With<'path' | 'application'>) =>
    `${path} has been changed or deleted since qcode-setup wrote it.`,
  'launch-agent.gone': ({ path, application }: With<'path' | 'application'>) =>
    `${path} starts an application that is gone: ${application}`,
  'launch-agent.again': ({ app }: With<'app'>) =>
    `Remove it, then set it up again if you still want it: qcode-setup remove --launch-agent ${app}`,

  // Setup files: apply, export and invite.
  'schema.file.title': 'Setup file of qcode-setup',
  'schema.file.about': 'How AI coding tools use QCode.cc. For: qcode-setup apply FILE',
  'schema.version.title': 'Version of this file format',
  'schema.version.about': 'Always 1.',
  'schema.region.title': 'Region',
  'schema.region.about': 'The gateway region. Default: the region that is configured, otherwise global.',
  'schema.gateway.title': 'Gateway',
  'schema.gateway.about': 'URL of your own relay, instead of a region.',
  'schema.name.title': 'Name',
  'schema.name.about':
    'The name of a gateway with its key, from `names` or saved with `qcode-setup key set --name`. Instead of a region.',
  'schema.scope.title': 'Scope',
  'schema.scope.about': 'Settings for the user, or for one project.',
  'schema.project.title': 'Project folder',
  'schema.project.about':
    'For the scope project: its folder. A relative path begins at the folder of this file. Default: the current folder.',
  'schema.method.title': 'Method',
  'schema.method.about':
    "Write the tool's settings file, or environment variables in the shell profile. Default: per tool.",
  'schema.shell.title': 'Shell',
  'schema.shell.about': 'The shell whose profile is written. Default: the login shell.',
  'schema.key_store.title': 'Key store',
  'schema.key_store.about':
    "Where the key is kept: in settings files, in the user's own environment variables (env), or in the system keychain.",
  'schema.id.title': 'Tool',
  'schema.id.about': 'The id of the tool.',
  'schema.model.title': 'Model',
  'schema.model.about': "The model that the tool uses. Default: the tool's own.",
  'schema.models.title': 'Models by role',
  'schema.models.about':
    'Models for other work of the tool, by role. Where this is left out, they stay as they are.',
  'schema.options.title': 'Options',
  'schema.options.about':
    'Options of the tool by their flags: true, or a number. Where this is left out, they stay as they are.',
  'schema.variant.title': 'Variant',
  'schema.variant.about': 'How the tool is configured. Default: by its version.',
  'schema.folders.title': 'Folders',
  'schema.folders.about':
    "Environment variables with the tool's own folders, such as for a second account. An empty text is the default folder.",
  'schema.key.title': 'Where the key is',
  'schema.key.about':
    'env:NAME, file:PATH, keychain, or command:["program", "argument"]. Never the key itself. Default: keys that are in place stay.',
  'schema.command.title': 'Command',
  'schema.command.about':
    'A program, with its arguments, that prints the key. It runs only after a question, or with --allow-command.',
  'schema.names.title': 'Names',
  'schema.names.about':
    'Gateways with their keys, by name. Tools use one with name = "NAME". What is saved already stays where nothing else is said.',
  'schema.name_key.title': 'Where the key is',
  'schema.name_key.about':
    'env:NAME, file:PATH, keychain, or command:["program", "argument"]. Default: the key that is saved under this name.',
  'schema.name_key_store.title': 'Key store',
  'schema.name_key_store.about':
    'Where the key is kept: in a file of qcode-setup, or in the system keychain.',
  'schema.tools.title': 'Tools',
  'schema.tools.about': 'The tools to configure: ids, or tables with an id and more settings.',
  'setup-file.hint':
    'For all settings of this file, see docs/dotfiles.md. For an example, run: qcode-setup export',
  'setup-file.unreadable': ({ file, code }: With<'file' | 'code'>) => `Can't read ${file} (${code}).`,
  'setup-file.too-large': ({ file }: With<'file'>) =>
    `${file} is larger than 1 MiB, so it is not a setup file.`,
  'setup-file.endless': ({ file }: With<'file'>) => `${file} did not end in time.`,
  'setup-file.ending': ({ file }: With<'file'>) =>
    `${file} is not a setup file: its name must end in .toml, .json, .yaml or .yml.`,
  'setup-file.address':
    'apply takes files and standard input, never an address: nobody would have read what is applied. Download the file, look at it, and apply that.',
  'setup-file.unknown': ({ name }: With<'name'>) => `Unknown setting "${name}".`,
  'setup-file.missing': ({ name }: With<'name'>) => `The setting "${name}" is missing.`,
  'setup-file.value': ({ name, value }: With<'name' | 'value'>) => `Unknown value "${value}" for ${name}.`,
  'setup-file.type': ({ name, type }: With<'name' | 'type'>) => `${name} must be ${type}.`,
  'setup-file.type.text': 'a text in quotes',
  'setup-file.type.list': 'a list',
  'setup-file.type.table': 'a table',
  'setup-file.type.tool': 'a list of tool ids, or of tables with an id',
  'setup-file.type.option': 'true, false or a whole number',
  'setup-file.type.whole': 'a whole number from 1 to 999999999',
  'setup-file.type.switch': 'true or false',
  'setup-file.type.number': 'one of the values that are listed in docs/dotfiles.md',
  'setup-file.length': ({ name }: With<'name'>) => `${name} is empty or too long.`,
  'setup-file.variable': ({ name }: With<'name'>) => `"${name}" is not the name of an environment variable.`,
  'setup-file.variable-unused': ({ name, tool }: With<'name' | 'tool'>) =>
    `The variable ${name} doesn't set a folder of ${tool}.`,
  'setup-file.both': "region and gateway can't be used together.",
  'setup-file.both.name': "name already sets the gateway, so region and gateway can't be used with it.",
  'setup-file.twice': ({ tool }: With<'tool'>) => `${tool} is listed twice for the same place.`,
  'setup-file.twice.hint': 'Merge the two entries, or give one of them another project, shell or folder.',
  'setup-file.key-inside': 'This file contains a key. Nothing was done.',
  'setup-file.key-inside.hint':
    'Write where the key is instead: key = "env:QCODE_API_KEY", "file:PATH", "keychain" or "command:[…]".',
  'setup-file.key-inside.exposed':
    'A key in a file like this is easily shared by mistake. If it was, replace it: qcode-setup key rotate',
  'setup-file.key-reference': 'key must say where the key is, not what it is.',
  'setup-file.path-user': ({ path }: With<'path'>) => `${path} is in the home of another user.`,
  'setup-file.path-outside': ({ path }: With<'path'>) =>
    `${path} is outside your home and the current folder, or a link leads out of them.`,
  'setup-file.path.hint': 'Use a path in your home or below the current folder.',
  'setup-file.project-gone': ({ tool, folder }: With<'tool' | 'folder'>) =>
    `${tool} was skipped: the project folder ${folder} does not exist.`,
  'setup-file.other-gateway': ({ origin }: With<'origin'>) =>
    `The file sends your key and all requests to ${origin}, which is not a QCode.cc address.`,
  'setup-file.key': ({ from }: With<'from'>) => `Key from ${from}`,
  'setup-file.key-needed': ({ tool }: With<'tool'>) =>
    `${tool} needs a key, and the file does not say where it is.`,
  'setup-file.name-key': ({ name }: With<'name'>) =>
    `"${name}" needs a key: none is saved on this computer, and the file does not say where it is.`,
  'setup-file.name-key.hint': ({ name }: With<'name'>) =>
    `Add key = "env:NAME" to names.${name}, or run: qcode-setup key set --name ${name}`,
  'setup-file.name-store': ({ name, store }: With<'name' | 'store'>) =>
    `The key of "${name}" is already kept elsewhere (key_store = "${store}").`,
  'setup-file.name-store.hint': ({ name }: With<'name'>) =>
    `Change key_store, or remove the name first: qcode-setup remove --name ${name}`,
  'setup-file.one-key': 'Only one key can be added to the system keychain in one change.',
  'setup-file.one-key.hint': 'Save the others first: qcode-setup key set --name NAME --key-store keychain',
  'setup-file.not-listed': ({ tools }: { readonly tools: readonly string[] }) =>
    `Configured, but not in the file: ${tools.join(', ')}. To remove them, add --prune.`,
  'setup-file.by-hand': ({ tools }: { readonly tools: readonly string[] }) =>
    `Configured by hand, and not in the file: ${tools.join(', ')}. --prune leaves that alone; to remove it, run: qcode-setup remove --tool ${tools.join(',')}`,
  'setup-file.name-stays': ({ name }: With<'name'>) =>
    `"${name}" is saved with a key, but is not in the file, and nothing uses it. --prune leaves it alone.`,
  'setup-file.no-tools': 'No tools are listed: the setting "tools" is missing or empty. Nothing was done.',
  'setup-file.command': ({ command }: With<'command'>) => `To get the key, this file runs: ${command}`,
  'setup-file.command.ask': 'Run it?',
  'setup-file.command.not-allowed': ({ command }: With<'command'>) =>
    `The file gets the key from a command, which was not run: ${command}`,
  'setup-file.gateway.not-allowed': ({ origin }: With<'origin'>) =>
    `The file would send your key to ${origin}, which is not a QCode.cc region. Nothing was written.`,
  'setup-file.gateway.not-allowed.hint': 'If that is your own relay, add --allow-gateway.',
  'setup-file.command.not-allowed.hint': 'If you trust this command, add --allow-command.',
  'setup-file.command.skipped': ({ command }: With<'command'>) =>
    `The key was not compared, because its command was not run: ${command}. To run it, add --allow-command.`,
  'setup-file.drift.changed': ({ path, values }: With<'path'> & { readonly values: readonly string[] }) =>
    `${path} was changed after it was written: ${values.join(', ')}`,
  'setup-file.drift.missing': ({ path, values }: With<'path'> & { readonly values: readonly string[] }) =>
    `${path} no longer contains: ${values.join(', ')}`,
  'setup-file.drift.unreadable': ({ path }: With<'path'> & { readonly values: readonly string[] }) =>
    `${path} can't be read.`,
  'report.checked': 'Nothing was written (--check).',
  'export.key-left-out':
    'The key was left out. On another computer, remove the # before "key" and change it to where the key is.',
  'key-from.env': ({ name }: With<'name'>) => `the variable ${name}`,
  'key-from.file': ({ path }: With<'path'>) => `the file ${path}`,
  'key-from.keychain': 'the system keychain',
  'key-from.command': ({ command }: With<'command'>) => `the command ${command}`,
  'key-from.env.empty': ({ name }: With<'name'>) => `The variable ${name} is not set, or empty.`,
  'key-from.keychain.empty': 'The system keychain contains no key.',
  'key-from.command.relative': ({ program }: With<'program'>) =>
    `The command ${program} must be a name in PATH or an absolute path.`,
  'key-from.command.not-run': ({ program }: With<'program' | 'exit'>) =>
    `The command ${program} could not be run.`,
  'key-from.command.failed': ({ program, exit }: With<'program' | 'exit'>) =>
    `The command ${program} failed with exit code ${exit}.`,
  'key-from.hint': 'Make the key available there, or change "key" in the file.',

  // Plain HTTP.
  'http.title': ({ origin }: With<'origin'>) => `${origin} is not encrypted (plain HTTP).`,
  'http.point-1': 'Your key, your prompts, the answers and every file your agent reads are sent unencrypted.',
  'http.point-2':
    'Anyone between you and the server (Wi-Fi, ISP, other networks) can read and change everything, including the answers your agent acts on.',
  'http.point-3': 'qcode-setup cannot prevent this, because your tools connect to that address directly.',
  'http.point-4':
    'What you can do: choose an encrypted region; use your own VPN, proxy or tunnel (--gateway); use a separate key for this region and replace it when you switch away (qcode-setup key rotate).',
  'http.short':
    'Your key, prompts, answers and files are sent unencrypted, and anyone in between can read and change them.',
  'http.agreed': ({ date }: With<'date'>) => `You agreed to this on ${date}.`,
  'http.never': 'You have not agreed to this on this computer.',
  'http.more': 'For details, run: qcode-setup doctor',
  'http.uses': ({ tool, url, place }: With<'tool' | 'url' | 'place'>) =>
    `${tool} uses ${url} (from ${place}), which is not encrypted (plain HTTP).`,
  'http.safer': 'Encrypted regions:',
  'http.list': ({ regions }: { readonly regions: readonly string[] }) =>
    `Encrypted regions: ${regions.join(', ')}.`,
  'http.list.region': ({ region, time }: With<'region' | 'time'>) => `${region} ${time}`,
  'http.encrypted': 'Encrypted',
  'http.time': 'Time',
  'http.yes': 'yes',
  'http.no': 'no',
  'http.wrong': 'wrong answer',
  'http.silent': 'no answer',
  'http.not-measured': 'not measured',
  'http.sentences': ({ sentences }: { readonly sentences: readonly string[] }) => sentences.join(' '),

  // Help: commands.
  'help.setup': 'Configure tools to use QCode.cc (default command)',
  'help.setup.example-1': 'Ask for everything',
  'help.setup.example-2': 'Configure without prompts',
  'help.setup.example-3': 'Show the changes without writing',
  'help.print': 'Print the settings for one tool without writing anything',
  'help.print.example-1': 'Print the lines for config.toml',
  'help.print.example-2': 'Print a ready-to-run example',
  'help.print.example-3': 'Print the steps for a tool that is set up by hand',
  'help.check': 'Test the gateway and your key (uses no tokens)',
  'help.check.example-1': 'Test the configured regions',
  'help.check.example-2': 'Test every region and compare response times',
  'help.check.example-3': 'Also send one minimal request per protocol (uses tokens)',
  'help.status': 'Show what is configured and what has changed since',
  'help.status.example-3': 'Also show how many tokens your keys have left',
  'help.status.example-2': 'One tool only',
  'help.status.example-1': 'Print JSON for scripts',
  'help.switch': 'Switch all configured tools to another region, or to a saved gateway and key',
  'help.switch.example-4': 'Switch all tools to the gateway and key saved as "work"',
  'help.switch.example-3': 'Switch one tool; the others stay where they are',
  'help.switch.example-1': 'Switch to a region, keep your keys',
  'help.switch.example-2': 'Switch to your own relay',
  'help.apply': 'Configure tools from a file, for dotfiles and fleets',
  'help.apply.example-1': 'Configure without prompts (running it again changes nothing)',
  'help.apply.example-2': 'Exit with 3 if this computer differs from the file, without writing',
  'help.apply.example-3': "Your team's file, with your own settings on top",
  'help.export': 'Print what is configured as a file for apply, without the key',
  'help.export.example-1': 'Save it for another computer',
  'help.export.example-2': 'Only what uses one name',
  'help.invite':
    'Print a command and a short text to send to a colleague for the same setup (without the key)',
  'help.invite.example-1': 'Invite a colleague to the setup in this file',
  'help.report':
    'Show how the tools on this computer use the gateway, for an inventory (without names of people)',
  'help.report.example-1': 'Print JSON for an inventory',
  'help.report.example-2': 'Use an id for the computer that only you can match to a name',
  'help.undo': 'Undo a previous change exactly',
  'help.undo.example-1': 'Undo the last change',
  'help.undo.example-2': 'List the changes with their ids and files',
  'help.undo.example-3': 'Undo the last change to one name and its tools',
  'help.key': 'Replace your key everywhere, or manage the key in the system keychain',
  'help.key.example-1': 'Ask for a new key, test it, and replace the old one everywhere',
  'help.key.example-6': 'Replace the key of Codex CLI; the other tools keep theirs',
  'help.key.example-7': 'Save a gateway and a key as "work", next to your other key',
  'help.key.example-2': 'Ask for the key and store it (`undo` restores the previous one)',
  'help.key.example-3': 'Store the key without prompts',
  'help.key.example-4': 'Print only the key, for a program (masked on a terminal)',
  'help.key.example-5': 'Delete the key and all backup copies (cannot be undone)',
  'help.key-set': 'Store your key in the system keychain',
  'help.key-get': 'Print the key from the keychain, for a program to read',
  'help.key-rotate': 'Test a new key, then replace the old one everywhere',
  'help.key-forget': 'Delete the key and all backup copies from the keychain (cannot be undone)',
  'help.remove': 'Remove everything qcode-setup wrote and restore your previous values',
  'help.remove.example-1': 'Remove one tool',
  'help.remove.example-2': 'Remove everything set up as "work", and forget its key',
  'help.lint': 'Find and fix wrong base URLs in settings or source code',
  'help.lint.example-1': "Check this computer's settings and shell profiles",
  'help.lint.example-2': 'Annotate problems in GitHub Actions',
  'help.lint.example-3': 'Fix what is wrong in these files',
  'help.prove': 'Run your installed tools against a local test gateway, in a temporary home directory',
  'help.prove.example-1': 'Run every installed tool (exit code 4 if one fails)',
  'help.prove.example-2': 'Run one tool, print JSON for scripts',
  'help.doctor': "Show which settings each tool really uses, where they come from, and what's wrong",
  'help.doctor.example-1': 'Show each problem with the command that fixes it',
  'help.doctor.example-2': 'Run each tool once on a copy of your settings',
  'help.doctor.example-3': 'Skip the network, print JSON for scripts',
  'help.demo': 'Try everything in a temporary home directory, without a key or network',
  'help.run': 'Start a tool once with the gateway, without changing any file',
  'help.run.example-1': 'Pass arguments to the tool after `--`',
  'help.run.example-2': 'Start your own program with the variables of a library',
  'help.run.example-3': 'Show the command without starting it',
  'help.run.example-4': 'Start with the gateway and key saved as "work"',
  'help.models': 'List the models that the gateway offers, and which tools can use them',
  'help.models.example-1': 'List all models',
  'help.models.example-2': 'List the models of one protocol, print JSON for scripts',
  'help.tools': 'List the tools that can be configured, with installed and tested versions',
  'help.tools.example-1': 'Show which tools are installed',
  'help.tools.example-2': 'Print JSON for scripts',
  'help.completion': 'Complete commands, flags and values when you press Tab',
  'help.completion.example-1': 'Install it for your login shell',
  'help.completion.example-2': 'Remove it from all shells',
  'help.completion.example-3': 'Write the script to a folder that your shell loads completions from',
  'help.completion-shell': ({ shell }: With<'shell'>) => `Print the completion script for ${shell}`,
  'help.completion-install': 'Install completion for a shell (default: your login shell)',
  'help.completion-uninstall': 'Remove completion from a shell (default: from all shells)',
  'help.completion-suggest': 'Complete the line on standard input (the scripts run this)',

  // Help: flags.
  'flag.tool': 'Tool (`all`, or `detected` for the installed ones)',
  'flag.set-up-tool': 'Only this configured tool (`all`, or `detected` for the installed ones)',
  'flag.region': 'Gateway region (`auto` picks the fastest encrypted one)',
  'flag.print-region': 'Gateway region',
  'flag.present-region': 'Gateway region (default: the configured one, otherwise global)',
  'flag.salt': "Text that is mixed into the computer's id; use the same one for the whole fleet",
  'flag.print-run': 'Show the command with the key masked, without starting it',
  'flag.protocol': 'Only models that this protocol serves',
  'flag.regions': 'Region to test (default: the configured ones, otherwise global)',
  'flag.only-tools': 'Only these tools (`all`, or `detected` for the installed ones)',
  'flag.with-tools': 'Also show what doctor says about each tool in use',
  'flag.all': 'Test every region and compare response times',
  'flag.live': 'Also send one minimal request per protocol (uses tokens)',
  'flag.project': 'Also check source code in this folder and below',
  'flag.fix': 'Fix problems (can be undone)',
  'flag.report-format': 'Report format for CI',
  'flag.gateway': 'URL of your own relay, instead of a region',
  'flag.allow-http': 'Allow an unencrypted (http://) --gateway on another computer',
  'flag.scope':
    'Settings for you (user), for the project in this folder (project), or as root for the whole computer (managed)',
  'flag.own-scope': 'Your own settings (user), or as root those of the whole computer (managed)',
  'flag.name':
    'Name of a gateway and a key that belong together, such as work (`default`: those without a name)',
  'flag.method':
    "Write the tool's settings file, or environment variables in your shell profile (default: per tool)",
  'flag.shell':
    'Shell to configure (default: your login shell; on Windows your user variables, which every program has)',
  'flag.key-file':
    'Read the key from PATH, or from standard input with `-` (default: QCODE_API_KEY, or a prompt)',
  'flag.key-store':
    'Where to store the key: in settings files, in your own environment variables (env), or in the system keychain',
  'flag.model': "Model, for a tool or for one of its roles (default: the tool's own)",
  'flag.limits': 'Also ask the gateway what your keys may still use, without using tokens',
  'flag.unset':
    'Remove a model or an option that you chose before: model, a role, or a flag such as less-traffic',
  'flag.option': ({ what, tools }: With<'what'> & { readonly tools: readonly string[] }) =>
    `${what} (${tools.join(', ')})`,
  'flag.on-conflict': 'What to do with values you changed: overwrite, skip, or stop',
  'flag.allow-tracked': 'Write the key and its backups even where Git tracks or would track them',
  'flag.gitignore': 'Add files that contain the key to the .gitignore of their repository',
  'flag.allow-problems': 'Write even if a tool would not work as requested (the problems are still shown)',
  'flag.recover': 'If a previous change was interrupted: finish it or undo it first',
  'flag.restart-daemons': 'Restart background processes that still use the old settings',
  'flag.check':
    'Write nothing, and exit with 3 if anything differs from the file (add --diff to see it), or 4 if the gateway fails',
  'flag.prune':
    'Also remove what an earlier apply configured and no file lists any more; keep what you configured by hand',
  'flag.allow-gateway': 'Use the relay that the file names instead of a region, without asking',
  'flag.allow-command': 'Run the command that the file gets the key from, without asking',
  'flag.yes': "Don't prompt",
  'flag.list': 'List the changes that can be undone, without changing anything',
  'flag.dry-run': 'Show the changes without writing',
  'flag.purge':
    'Also delete the backups that contain the key (the changes they belong to can no longer be undone)',
  'flag.install': 'Also install the tools that are missing, with npm, pipx or uv (undo keeps them installed)',
  'flag.registry': 'With --install: the registry to install from, or `china` for mirrors in mainland China',
  'flag.also-windows':
    'In WSL, also set up the same tools on Windows: there by npx, or by a command that is printed',
  'flag.launch-agent':
    'On macOS, also write a LaunchAgent that starts this application with the variables, for an editor that does not read them from your shell (remove: only that)',
  'flag.exit-code':
    'Exit with 3 if something has changed (status) or would change (with --dry-run), otherwise with 0',
  'flag.diff': 'Show the changes as a diff, with keys masked',
  'flag.timeout': 'Time limit for a gateway response, in seconds',
  'flag.deep': 'Also run your installed tools on a copy of your settings, against a local test gateway',
  'flag.no-check': "Don't contact the gateway",
  'flag.format':
    'Output format (depends on the tool): sh, fish, powershell, cmd, dotenv, toml, json, yaml, python, typescript or steps',
  'flag.with-key': 'Include the real key in the output',
  'flag.quiet': 'Print only the verdict and errors',
  'flag.json': 'Print one JSON document to standard output',
  'flag.lang': 'Language of the output (default: QCODE_LANG, then the locale)',
  'flag.help': 'Show what the command does, its flags and examples',
  'flag.pin': ({ tool }: With<'tool'>) => `How to configure ${tool} (default: by its version)`,
  'help.about': 'Configures AI coding tools to use the QCode.cc gateway.',
  'help.title': ({ name, summary }: With<'name' | 'summary'>) => `qcode-setup ${name}: ${summary}`,
  'help.usage': ({ line }: With<'line'>) => `Usage: qcode-setup ${line} [flags]`,
  'help.usage.any': 'Usage: qcode-setup [command] [flags]',
  'help.commands': 'Commands:',
  'help.flags': 'Flags:',
  'help.examples': 'Examples:',
  'help.verbs': ({ name }: With<'name'>) => `${name} is one of:`,
  'help.facts': ({ summary, facts }: With<'summary'> & { readonly facts: readonly string[] }) =>
    `${summary}. ${facts.map((fact) => `${fact}.`).join(' ')}`,
  'help.one-of': ({ values }: { readonly values: readonly string[] }) => `One of: ${values.join(', ')}`,
  'help.default': ({ value }: With<'value'>) => `Default: ${value}`,
  'help.applies-to': ({ verbs }: { readonly verbs: readonly string[] }) => `Applies to: ${verbs.join(', ')}`,
  'help.more': 'For environment variables and exit codes, run: qcode-setup --help',
  'help.of-command': 'For the flags of a command, run: qcode-setup COMMAND --help',
  'help.variables': 'Environment variables:',
  'variable.key': 'Your key, if you do not use --key-file',
  'variable.lang': 'Language of the output: en or zh-CN',
  'variable.locale': 'Language of the output, if QCODE_LANG is not set',
  'variable.debug': 'Set to 1 to show on standard error what is read and decided, with keys masked',
  'variable.color': 'Turn colors off or on',
  'variable.proxy': 'Proxy for requests to the gateway, and hosts that do not use it',
  'variable.certificates': 'File with more certificates to trust, such as that of a company proxy',
  'variable.ci': 'If set, nothing is asked',
  'variable.shell': 'Your login shell, which --shell replaces',
  'variable.config': "Folder for this program's settings and your own tool folders (default: ~/.config)",
  'variable.state': 'Folder for backups and the list of changes (default: ~/.local/state)',
  'variable.data': 'Folder for the completion script of bash (default: ~/.local/share)',
  'variable.tools': "Folders of the tools' own settings and of your shell profile",
  'help.exit-codes': 'Exit codes:',
  'exit.0': 'Done, or nothing to do',
  'exit.1': 'Failed. No file is left half-written',
  'exit.2': 'Wrong usage or input',
  'exit.3': 'Settings have changed since, or a value that you set is in the way',
  'exit.4': 'The gateway or a tool did not pass the test',
  'exit.130': 'Cancelled before anything was written',
} as const satisfies Record<string, string | ((values: never) => string)>
