// Every sentence that a user meets, in English, by where it is met. zh-CN.ts has the same ids. How to write one: verbs first, at
// most twenty words, one word for each thing (tool, base URL, key, change), what to type in full.

/** What a text is filled in with. */
export type With<Name extends string> = Readonly<Record<Name, string>>

type Count<Name extends string> = Readonly<Record<Name, number>>

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** What a server said, at the end of a sentence. */
function quoted(said: string): string {
  return said === '' ? '.' : `: ${said}`
}

export const en = {
  language: 'en',

  // Questions of the wizard.
  'ask.intro':
    'Press Ctrl-C to quit at any time. Nothing is written until you review the changes and confirm.',
  'ask.keys.list': '↑/↓ to move · Enter to select',
  'ask.keys.ticks': 'Space to toggle · a for all · Enter to continue',
  'ask.yes': 'Yes',
  'ask.no': 'No',
  'ask.yes-or-no': 'Answer y or n.',
  'ask.tools': 'Which tools do you want to set up?',
  'ask.tools.short': 'Tools',
  'ask.tools.installed': ({ tool }: With<'tool'>) => `${tool} (installed)`,
  'ask.tools.required': 'Select at least one tool (press Space).',
  'ask.region': 'Region',
  'ask.use-anyway': 'Use it anyway?',
  'ask.key': 'Paste your QCode.cc API key (starts with cr_, input is hidden)',
  'ask.key.short': 'QCode.cc API key',
  'ask.key.from': ({ key, source }: With<'key' | 'source'>) => `${key} (from ${source})`,
  'ask.key.stdin': 'standard input',
  'ask.key.keychain': 'the keychain',
  'ask.key-store': 'Where should the key be stored?',
  'ask.key-store.short': 'Key store',
  'ask.key-store.file': "In each tool's settings file (readable only by you)",
  'ask.key-store.file.short': 'settings files',
  'ask.key-store.keychain': 'In the system keychain (tools read it from there)',
  'ask.key-store.keychain.short': 'system keychain',
  'ask.model': ({ tool }: With<'tool'>) => `Which model should ${tool} use?`,
  'ask.model.default': "Keep the tool's default",
  'ask.model.of': ({ tool }: With<'tool'>) => `Model for ${tool}`,
  'ask.model.short': 'Model',
  'ask.confirm': 'Apply these changes?',
  'ask.conflict.drift': ({ path, key }: With<'path' | 'key'>) =>
    `${path}: you changed ${key} after qcode-setup wrote it.`,
  'ask.conflict.guarded': ({ path, key }: With<'path' | 'key'>) =>
    `${path}: ${key} already has a value that qcode-setup didn't write.`,
  'ask.conflict.now': ({ value }: With<'value'>) => `now: ${value}`,
  'ask.conflict.wanted': ({ value }: With<'value'>) => `new: ${value}`,
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
  'ask.key.new': 'Paste the new QCode.cc API key (starts with cr_, input is hidden)',
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
  'key.would-rotate': ({ key, places, tools }: With<'key'> & Count<'places' | 'tools'>) =>
    `The key would be replaced with ${key} in ${count(places, 'place')} (${count(tools, 'tool')}). The old key would not be kept.`,
  'key.rotated-already': ({ key }: With<'key'>) => `${key} is already in use. Nothing was changed.`,
  'key.refused': ({ key }: With<'key'>) => `The new key ${key} didn't pass the check. Nothing was changed.`,
  'key.write-anyway': 'To write it anyway, add --no-check.',
  'key.revoke': 'The old key works until you delete it in the QCode.cc console.',

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
  'gateway.no-endpoint.hint': 'The base URL is wrong. To fix your tools, run: qcode-setup lint --fix',
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
    'The gateway rejected the format of the key (expected cr_ followed by 64 hex digits) (401).',
  'gateway.key-unknown': 'The gateway does not know this key (401).',
  'gateway.key-refused': 'The gateway rejected the key (401).',
  'gateway.key.hint': 'Copy the key again from the QCode.cc console (https://qcode.cc), or create a new one.',
  'gateway.balance': ({ said }: With<'said'>) =>
    `Your key is valid, but its balance or spending limit is used up (402)${quoted(said)}`,
  'gateway.balance.hint': 'Top up or raise the limit in the QCode.cc console.',
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
  'check.name': ({ title, id }: With<'title' | 'id'>) => `${title} (${id})`,
  'check.name.unencrypted': ({ title, id }: With<'title' | 'id'>) => `${title} (${id}, not encrypted)`,
  'check.head': ({ region, origin }: With<'region' | 'origin'>) => `Region: ${region}  ${origin}`,
  'check.times': ({ times }: { readonly times: readonly string[] }) => `Timing: ${times.join(', ')}`,
  'check.through': ({ proxy }: With<'proxy'>) => `Proxy: ${proxy}`,
  'check.recommended': ({ region, id }: With<'region' | 'id'>) =>
    `Fastest region: ${region}. To switch: qcode-setup switch ${id}`,
  'check.none-recommended': 'No encrypted region is working right now.',
  'check.progress': 'Waiting for the gateway …',
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
  'diff.mode': ({ before, after }: With<'before' | 'after'>) => `mode ${before} to ${after}`,
  'diff.deleted': 'deleted',
  'diff.masked': 'only masked values change',
  'diff.other-names': 'other names of it keep the old content',
  'diff.no-key': 'no key',
  'diff.another-key': 'another key',

  // Errors that any command can end with.
  'error.label': 'Error:',
  'error.at': ({ where }: With<'where'>) => `at ${where}`,
  'error.cancelled': 'Cancelled. Nothing was written.',
  'error.cancelled-later': 'Cancelled. Nothing else was written.',
  'error.internal': ({ url }: With<'url'>) =>
    `This is a bug in qcode-setup. Please report it with these lines (${url}):`,
  'error.internal.debug':
    'Run the same command with QCODE_DEBUG=1 to see how it came to this, on standard error.',
} as const satisfies Record<string, string | ((values: never) => string)>
