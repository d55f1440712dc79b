import type { Texts } from './message.ts'

/** What a server said, at the end of a sentence. */
function quoted(said: string): string {
  return said === '' ? '。' : `：${said}`
}

/** A name inside of a sentence: Latin letters have a blank on either side. */
function spaced(name: string): string {
  return `${name}`.replace(/^(?=[!-~])/, ' ').replace(/(?<=[!-~])$/, ' ')
}

/** Where a key came from, where that is worth saying. */
function from(source: string): string {
  return source && `来自${spaced(source)}的`
}

/** Simplified Chinese, as on the mainland: full-width marks, 您 throughout; ids, paths and commands stay as they are typed. */
export const zhCN: Texts = {
  language: 'zh-CN',

  // Questions of the wizard.
  'ask.intro': '随时可按 Ctrl-C 退出。在您查看更改并确认之前，不会写入任何内容。',
  'ask.keys.list': '↑/↓ 移动 · 回车选择',
  'ask.keys.ticks': '空格勾选 · a 全选 · 回车继续',
  'ask.yes': '是',
  'ask.no': '否',
  'ask.yes-or-no': '请输入 y 或 n。',
  'ask.tools': '您要设置哪些工具？',
  'ask.tools.short': '工具',
  'ask.tools.installed': ({ tool }) => `${tool}（已安装）`,
  'ask.tools.required': '请至少选择一个工具（按空格键）。',
  'ask.region': '区域',
  'ask.use-anyway': '仍要使用吗？',
  'ask.key': '请粘贴您的 QCode.cc API 密钥（以 cr_ 开头，输入内容不显示）',
  'ask.key.short': 'QCode.cc API 密钥',
  'ask.key.from': ({ key, source }) => `${key}（来自${source}）`,
  'ask.key.stdin': '标准输入',
  'ask.key.keychain': '系统钥匙串',
  'ask.key-store': '密钥保存在哪里？',
  'ask.key-store.short': '密钥保存位置',
  'ask.key-store.file': '各工具的设置文件（仅您可读）',
  'ask.key-store.file.short': '设置文件',
  'ask.key-store.keychain': '系统钥匙串（由工具从中读取）',
  'ask.key-store.keychain.short': '系统钥匙串',
  'ask.model': ({ tool }) => `${tool} 使用哪个模型？`,
  'ask.model.default': '保留工具的默认模型',
  'ask.model.of': ({ tool }) => `${tool} 的模型`,
  'ask.model.short': '模型',
  'ask.confirm': '应用以上更改？',
  'ask.conflict.drift': ({ path, key }) => `${path}：${key} 在 qcode-setup 写入后被您修改过。`,
  'ask.conflict.guarded': ({ path, key }) => `${path}：${key} 已有值，并非 qcode-setup 写入。`,
  'ask.conflict.now': ({ value }) => `现有值：${value}`,
  'ask.conflict.wanted': ({ value }) => `新值：${value}`,
  'ask.conflict': '如何处理？',
  'ask.conflict.overwrite': '替换（`qcode-setup remove` 可恢复您的值）',
  'ask.conflict.skip': '保留您的值并继续',
  'ask.quit': '退出，不写入任何内容',
  'ask.git.exposed': ({ path, pattern, gitignore }) =>
    `${path} 位于 Git 仓库中且未被忽略，密钥可能会被提交。解决方法：在 ${gitignore} 中加入 ${pattern}。`,
  'ask.git': '含密钥的文件会被 Git 跟踪，如何处理？',
  'ask.git.ignore': ({ lines }) => `将${lines === 1 ? '该行' : '这些行'}加入 .gitignore 并继续`,
  'ask.git.anyway': '仍然写入密钥',
  'ask.recovery.stopped': ({ run, command }) => `上一次操作（${run}，${command}）被中断，当时正在更改：`,
  'ask.recovery': '如何处理这次操作？',
  'ask.recovery.undo': '撤销',
  'ask.recovery.finish': '继续完成',
  'ask.broken.found': '以下文件无法编辑：',
  'ask.broken': ({ tools }) => `是否跳过 ${tools.join('、')} 并继续？`,
  'ask.restart.running': ({ tool, pid }) => `${tool}：后台进程（PID ${pid}）仍在使用旧设置。`,
  'ask.restart': ({ command }) => `现在重启它（${command}）？`,
  'ask.failed-check': '检查未通过，如何处理？',
  'ask.failed-check.keep': '保留这些设置',
  'ask.failed-check.region': '撤销并选择其他区域',
  'ask.failed-check.undo': '撤销这些设置',

  // The command key.
  'ask.key.new': '请粘贴新的 QCode.cc API 密钥（以 cr_ 开头，输入内容不显示）',
  'ask.key.new.short': '新的 QCode.cc API 密钥',
  'ask.key.forget': ({ copies }) =>
    `从系统钥匙串中删除密钥${copies > 0 ? `及 ${copies} 个备份副本` : ''}？此操作无法撤销。`,
  'ask.key.purge': ({ backups }) => `删除 ${backups} 个含有密钥的备份？相应的操作将无法再撤销。`,
  'key.get.whole': '终端中仅显示部分密钥。在脚本中获取完整密钥：qcode-setup key get | cat',
  'key.stored': ({ key }) => `密钥 ${key} 已存入系统钥匙串。`,
  'key.would-store': ({ key }) => `将把密钥 ${key} 存入系统钥匙串。`,
  'key.stored-already': ({ key }) => `密钥 ${key} 已在系统钥匙串中，未作任何更改。`,
  'key.none': '系统钥匙串中没有密钥，未作任何更改。',
  'key.forgotten': ({ copies }) => `已从系统钥匙串中删除密钥${copies > 0 ? '及所有备份副本' : ''}。`,
  'key.would-forget': ({ copies }) =>
    `将从系统钥匙串中删除密钥${copies > 0 ? '及所有备份副本' : ''}。此操作无法撤销。`,
  'key.readers': ({ tools }) =>
    `以下工具从系统钥匙串读取密钥，将无法继续工作：${tools}。请运行：qcode-setup key set，或：qcode-setup remove --tool ${tools}`,
  'key.files': () => '以下文件中仍有密钥。移除方法：',
  'key.rotated': ({ key, places, tools }) => `新密钥 ${key} 已写入 ${places} 处（${tools} 个工具）。`,
  'key.rotated-for-good': ({ key, places, tools }) =>
    `已将 ${places} 处（${tools} 个工具）的密钥更换为 ${key}。旧密钥未保留，因此无法撤销。`,
  'key.would-rotate': ({ key, places, tools }) =>
    `将把 ${places} 处（${tools} 个工具）的密钥更换为 ${key}，不保留旧密钥。`,
  'key.rotated-already': ({ key }) => `${key} 已在使用中，未作任何更改。`,
  'key.refused': ({ key }) => `新密钥 ${key} 未通过检查，未作任何更改。`,
  'key.write-anyway': '如仍要写入，请加上 --no-check。',
  'key.revoke': '在 QCode.cc 控制台删除之前，旧密钥仍然有效。',

  // How a base URL is wrong.
  'url.blank-around': 'URL 前后有空格。',
  'url.blank': 'URL 中含有空格或控制字符。',
  'url.no-scheme': 'base URL 应以 https:// 开头（国内直连地址以 http:// 开头）。',
  'url.credentials': 'URL 中含有用户名或密码。密钥通过请求头发送，不应写在 URL 中。',
  'url.scheme': ({ host, scheme }) => `${host} 只能使用 ${scheme}。`,
  'url.port': ({ host, port }) => `${host} 不使用端口 ${port}。`,
  'url.query': 'URL 中含有查询参数或片段，工具添加的路径会落入其中。',
  'url.unknown-host': ({ host }) => `${host} 不是 QCode.cc 的地址。`,
  'url.double-slash': '路径中有两个连续的斜杠。',
  'url.trailing-slash': '请去掉末尾的斜杠。部分工具会因此请求带有 // 的路径。',
  'url.full-endpoint': ({ appends }) => `这是完整的接口地址。工具会自行添加 ${appends}，请只填写 base URL。`,
  'url.doubled-v1': '工具会自行添加 /v1，此处再写会重复。',
  'url.missing-v1': '此工具不会添加 /v1，URL 必须以 /v1 结尾。',
  'url.missing-prefix': '缺少路径（例如 /api 或 /openai/v1）。',
  'url.wrong-prefix': '该路径不属于此工具所用的协议。',
  'gateway-flag.plain-http': ({ origin }) =>
    `${origin} 未加密（明文 HTTP）：密钥和对话在传输途中可被他人读取。`,
  'gateway-flag.plain-http.hint': '请使用 https；如接受此风险，请加上 --allow-http。',
  'gateway-flag.path': ({ path }) =>
    `--gateway 只接受不带路径的地址，而此地址带有 ${path}。路径由各工具决定。`,
  'gateway-flag.use': ({ origin }) => `请使用 --gateway ${origin}`,
  'gateway-flag.example': '请使用 https://api.qcode.cc 形式的地址',
  'gateway-flag.not-that-host': ({ host, known }) => `${host} 并不是 ${known}，您的密钥会被发送到那里。`,
  'gateway-flag.dot': ({ host }) => `${host} 以点结尾，您的密钥会被发送到那里。`,
  'gateway-flag.letters': ({ host }) => `主机名含有特殊字符，实际为 ${host}，您的密钥会被发送到那里。`,
  'gateway-flag.ascii': '请用 ASCII 字符填写主机名，或选择区域：--region ID',

  // What the gateway answered.
  'gateway.through': ({ message, proxy }) => `${message}（经由代理 ${proxy}）`,
  'gateway.proxy': ({ proxy, reason }) => `无法使用代理${proxy && ` ${proxy}`}：${reason}`,
  'gateway.proxy.not-http': 'HTTPS_PROXY 或 HTTP_PROXY 不是 HTTP 代理的地址',
  'gateway.proxy.hint': '请修正 HTTPS_PROXY 或 HTTP_PROXY，或将该主机加入 NO_PROXY。',
  'gateway.proxy.password': '代理需要用户名和密码：HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT',
  'gateway.timeout.connecting': ({ host, seconds }) => `${seconds} 秒内无法连接到 ${host}。`,
  'gateway.timeout.exchange': ({ host, seconds }) => `${host} 在 ${seconds} 秒内没有响应。`,
  'gateway.timeout.body': ({ host, seconds }) => `${host} 的响应在 ${seconds} 秒后仍不完整。`,
  'gateway.timeout.hint': '请重试，或比较各区域：qcode-setup check --all',
  'gateway.dns': ({ host, code }) => `无法解析 ${host}（${code}）。`,
  'gateway.dns.hint': '请检查网络连接和主机名。如处于公司网络，请设置 HTTPS_PROXY。',
  'gateway.refused': ({ host }) => `${host} 拒绝了连接。`,
  'gateway.refused.hint': '请检查地址和端口。防火墙也可能拒绝连接。',
  'gateway.reset': ({ host, code }) => `与 ${host} 的连接在收到响应前被关闭（${code}）。`,
  'gateway.reset.hint': '防火墙、VPN 或代理关闭了连接。请尝试其他区域，或设置 HTTPS_PROXY。',
  'gateway.unreachable': ({ host, code, reason }) =>
    `无法访问 ${host}（${code}${reason && `：${reason}`}）。`,
  'gateway.unreachable.hint': '请检查网络、VPN 和地址。',
  'gateway.tls.time': ({ host, code }) => `${host}：其证书当前无效（${code}）。`,
  'gateway.tls.time.hint': '请检查本机时钟。如时钟正确，则需由服务器所有者更新证书。',
  'gateway.tls.name': ({ host, code }) => `${host}：其证书属于其他域名（${code}）。`,
  'gateway.tls.name.hint': '请检查地址。可能是网络登录页或代理在代为应答。',
  'gateway.tls.trust': ({ host, code }) => `${host}：本机不信任其证书（${code}）。`,
  'gateway.tls.trust.hint': '如公司代理或杀毒软件会检查 TLS 流量，请将 NODE_EXTRA_CA_CERTS 设为其证书文件。',
  'gateway.tls.none': ({ host, code }) => `${host}：TLS 握手失败（${code}）。`,
  'gateway.tls.none.hint': '请检查地址和端口，并确认该服务器使用 https。',
  'gateway.wait': '请稍后重试。',
  'gateway.wait.for': ({ time }) => `请在 ${time} 后重试。`,
  'gateway.wait.until': ({ time }) => `请在 ${time} 之后重试。`,
  'gateway.right': ({ host, path }) => `${host} 提供接口 POST ${path}。`,
  'gateway.page': ({ host, status }) =>
    `应答的是网页而不是 ${host}（${status}），可能是网络登录页或过滤系统。`,
  'gateway.page.hint': '请在浏览器中打开任意 http:// 页面登录网络，然后重试。',
  'gateway.no-key-asked': ({ host, path, status }) =>
    `未发送密钥时 ${host} 对 POST ${path} 返回了 ${status}，因此它不是网关。`,
  'gateway.not-the-gateway': ({ host, path, status }) =>
    `${host} 对 POST ${path} 返回了 ${status}，但不像网关的应答，因此无法检查密钥。`,
  'gateway.not-the-gateway.hint': '请检查地址。可能是网络登录页在代为应答。',
  'gateway.redirect': ({ host, to, status }) =>
    `${host} 重定向到 ${to}（${status}）。为保护您的密钥，未跟随。`,
  'gateway.redirect.nowhere': '未指明的地址',
  'gateway.redirect.hint': '如您信任该地址，请通过 --gateway 使用它。',
  'gateway.no-endpoint': ({ host, path, seen }) =>
    `${host} 没有接口 POST ${path}（404${seen && `；它收到的是 ${seen}`}）。`,
  'gateway.no-endpoint.hint': 'base URL 有误。修正您的工具请运行：qcode-setup lint --fix',
  'gateway.served-instead': ({ message, path }) => `${message}但它提供 ${path}。`,
  'gateway.served-instead.hint': ({ tools, place }) =>
    `让 ${tools.join('、')} 改用它，请运行：qcode-setup switch ${place}`,
  'gateway.limited': ({ host, said }) => `对 ${host} 的请求过多（429）${quoted(said)}`,
  'gateway.cdn-timeout': ({ host }) => `${host} 前面的 CDN 超时（524），响应时间较长时可能出现。`,
  'gateway.cdn-timeout.hint': '请尝试区域 global，它不经过 CDN。',
  'gateway.server-error': ({ host, status, said }) => `${host} 报告服务器错误（${status}）${quoted(said)}`,
  'gateway.server-error.hint': '请稍后重试，或比较各区域：qcode-setup check --all',
  'gateway.unexpected': ({ host, status, said }) => `${host} 返回了意外的状态（${status}）${quoted(said)}`,
  'gateway.unexpected.hint': '请检查地址。可能是网络中的过滤系统在代为应答。',
  'gateway.key-accepted': ({ host }) => `${host} 接受该密钥。`,
  'gateway.key-expired': '密钥已过期（401）。',
  'gateway.key-disabled': '密钥已停用（401）。',
  'gateway.key-malformed': '网关不接受密钥的格式（应为 cr_ 加 64 位十六进制字符）（401）。',
  'gateway.key-unknown': '网关中没有这个密钥（401）。',
  'gateway.key-refused': '网关拒绝了该密钥（401）。',
  'gateway.key.hint': '请从 QCode.cc 控制台（https://qcode.cc）重新复制密钥，或新建一个。',
  'gateway.balance': ({ said }) => `密钥有效，但余额或消费限额已用完（402）${quoted(said)}`,
  'gateway.balance.hint': '请在 QCode.cc 控制台充值或提高限额。',
  'gateway.client-refused': ({ said }) => `该密钥仅供特定客户端使用，无法在此检查（403）${quoted(said)}`,
  'gateway.client-refused.hint': '请直接启动工具，查看密钥在其中是否可用。',
  'gateway.service-refused': ({ said }) => `该密钥无权使用此服务（403）${quoted(said)}`,
  'gateway.service-refused.hint': '请在 QCode.cc 控制台为该密钥开通此服务。',
  'gateway.request-rejected': ({ host, said }) => `${host} 拒绝了请求（400）${quoted(said)}`,
  'gateway.request-rejected.hint': '请确认该网关提供此模型。',
  'gateway.answered': ({ said }) => `模型已应答${quoted(said)}`,
  'gateway.no-answer': ({ host }) => `${host} 返回了 200，但没有模型的应答。`,
  'gateway.no-answer.hint': '请尝试其他模型或其他区域。',
  'gateway.skipped.key': '未检查密钥：没有找到网关的接口。',
  'gateway.skipped.route': '已跳过实际请求：没有找到该接口。',
  'gateway.skipped.no-key': '已跳过实际请求：没有密钥。请使用 --key-file，或设置 QCODE_API_KEY。',
  'gateway.skipped.no-model': '已跳过实际请求：此协议没有指定模型。请使用 --model ID。',
  'gateway.works': ({ origin, paths }) => `网关正常（${origin}）：${paths.join('、')} 可用。`,
  'gateway.works-with-key': ({ origin, paths }) =>
    `网关正常（${origin}）：${paths.join('、')} 可用，密钥有效。`,
  'gateway.fallback': ({ tool, origin, variant, fallback }) =>
    `${tool}：${origin} 没有 ${variant} 所需的接口，因此改用 ${fallback}。`,
  'region.custom': '自定义网关',

  // The table of the command check.
  'check.region': '区域',
  'check.dns': 'DNS',
  'check.connect': '连接',
  'check.tls': 'TLS',
  'check.firstByte': '首字节',
  'check.total': '总计',
  'check.result': '结果',
  'check.request': '请求',
  'check.reply': '回复',
  'check.tools': '工具',
  'check.ok': '正常',
  'check.faults': '见下文',
  'check.key': '密钥',
  'check.live': '实际请求',
  'check.no-key': '未检查密钥。请使用 --key-file，或设置 QCODE_API_KEY。',
  'check.name': ({ title, id }) => `${title}（${id}）`,
  'check.name.unencrypted': ({ title, id }) => `${title}（${id}，未加密）`,
  'check.head': ({ region, origin }) => `区域：${region}  ${origin}`,
  'check.times': ({ times }) => `耗时：${times.join('，')}`,
  'check.through': ({ proxy }) => `代理：${proxy}`,
  'check.recommended': ({ region, id }) => `最快的区域：${region}。切换请运行：qcode-setup switch ${id}`,
  'check.none-recommended': '目前没有可用的加密区域。',
  'check.progress': '正在等待网关 …',
  'check.region-kept': ({ region, ms }) => `保留区域 ${region}：工作正常（${ms} ms），其他区域没有明显更快。`,
  'check.region-chosen': ({ region, ms }) => `使用区域 ${region}（最快，${ms} ms）。`,
  'error.no-region': '目前没有可用的加密区域，未写入任何内容。',
  'error.no-region.hint': '查看详情请运行：qcode-setup check --all',
  'error.auto-needs-check': '--region auto 需要连接网关，不能与 --no-check 同时使用。',
  'error.auto-needs-check.hint': '请去掉 --no-check，或指定区域：--region ID',
  'error.key-refused': ({ reason }) => `${reason}未写入任何内容。`,
  'error.key-refused.hint': '如仍要写入，请加上 --no-check。',
  'check.status': ({ words, status }) => `${words}（${status}）`,
  'verdict.right': '接口存在',
  'verdict.wrong-prefix': '接口不存在',
  'verdict.dns': '域名无法解析',
  'verdict.refused': '连接被拒绝',
  'verdict.reset': '连接被关闭',
  'verdict.tls': 'TLS 失败',
  'verdict.proxy': '代理失败',
  'verdict.timeout': '超时',
  'verdict.unreachable': '无法访问',
  'verdict.captive-portal': '不是网关',
  'verdict.redirect': '被重定向',
  'verdict.server-error': '服务器错误',
  'verdict.cdn-timeout': 'CDN 超时',
  'verdict.limited': '请求过多',
  'verdict.unexpected-status': '意外状态',
  'verdict.key-accepted': '密钥有效',
  'verdict.key-unknown': '密钥不存在',
  'verdict.key-expired': '密钥已过期',
  'verdict.key-disabled': '密钥已停用',
  'verdict.key-malformed': '密钥格式不符',
  'verdict.key-refused': '密钥被拒绝',
  'verdict.balance': '余额已用完',
  'verdict.client-refused': '仅限特定客户端',
  'verdict.service-refused': '无权使用此服务',
  'verdict.answered': '模型已应答',
  'verdict.no-answer': '没有模型应答',
  'verdict.skipped': '已跳过',

  // What each rule of a base URL asks for.
  'rule.whitespace': 'base URL 中不含空格。',
  'rule.scheme': 'base URL 以 https:// 开头；未加密的区域以 http:// 开头。',
  'rule.credentials-in-url': 'base URL 中不含用户名和密码。',
  'rule.unknown-host': 'base URL 使用网关的地址。',
  'rule.port': 'base URL 不带端口。',
  'rule.query-or-fragment': 'base URL 以路径结尾。',
  'rule.double-slash': '路径各部分之间只有一个斜杠。',
  'rule.trailing-slash': 'base URL 末尾没有斜杠。',
  'rule.full-endpoint': 'base URL 不包含工具自行添加的部分。',
  'rule.doubled-v1': '工具会自行添加 /v1 时，base URL 不以 /v1 结尾。',
  'rule.missing-v1': '工具不会添加 /v1 时，base URL 以 /v1 结尾。',
  'rule.missing-prefix': 'base URL 带有其协议的路径，例如 /api 或 /openai/v1。',
  'rule.wrong-prefix': 'base URL 带有该工具所用协议的路径。',

  // Notes in a diff.
  'diff.notes': ({ notes }) => `（${notes.join('；')}）`,
  'diff.new-file': ({ mode }) => `新文件，权限 ${mode}`,
  'diff.mode': ({ before, after }) => `权限由 ${before} 改为 ${after}`,
  'diff.deleted': '已删除',
  'diff.masked': '仅已隐藏的值有变化',
  'diff.other-names': '该文件的其他硬链接保留旧内容',
  'diff.no-key': '无密钥',
  'diff.another-key': '另一密钥',

  // Errors that any command can end with.
  'error.label': '错误：',
  'error.at': ({ where }) => `位置：${where}`,
  'error.cancelled': '已取消，未写入任何内容。',
  'error.cancelled-later': '已取消，未再写入其他内容。',
  'error.with-ending': ({ error, ending }) => `${error}${ending}`,
  'error.internal': ({ url }) => `这是 qcode-setup 的缺陷。请附上以下内容进行反馈（${url}）：`,
  'error.internal.debug': '使用 QCODE_DEBUG=1 重新运行同一命令，可在标准错误中查看详细过程。',

  // What stops a plan.

  // Writing and undoing.

  // Files that cannot be edited.

  // This machine: folders, files, programs.
  'error.no-working-folder': ({ code }) => `当前文件夹已不存在（${code}）。`,
  'error.no-working-folder.hint': '请进入其他文件夹，然后重新运行同一命令：cd ~',
  'error.home-of-another': ({ home, owner, user }) =>
    `${home} 是 ${owner} 的主目录，而您正以 ${user} 的身份运行。写入其中的内容，${owner} 将无法读取或更改。`,
  'error.home-of-another.owner': ({ owner, command }) =>
    `如要设置 ${owner} 的工具，请以 ${owner} 的身份运行同一命令：${command}`,
  'error.home-of-another.without-sudo': 'qcode-setup（不加 sudo）',
  'error.home-of-another.user': ({ user }) =>
    `如要设置 ${user} 的工具，请使用该用户自己的主目录：HOME=~${user} qcode-setup`,
  'error.home-of-another.container': ({ home }) =>
    `如此主目录应归 root 所有（例如在容器中），请运行：chown root ${home}`,
  'owner.another': ({ path, user }) => `${path} 属于 ${user}`,
  'owner.another.hint': ({ command }) => `如信任其中的内容，请将其归为己有：${command}`,
  'owner.shared': ({ path, mode }) => `${path} 可被其他用户更改（权限 ${mode}）`,
  'owner.shared.hint': ({ command }) => `如确认无人更改过，请运行：${command}`,
  'owner.link': ({ path, user, target }) => `${path} 是指向 ${target} 的链接，属于 ${user}`,
  'owner.link.hint': ({ command }) => `请删除该链接：${command}`,
  'access.unreadable': ({ path }) => `您无权读取 ${path}（权限不足）`,
  'access.unreadable-of-another': ({ path, user }) => `${path} 属于 ${user}（权限不足）`,
  'access.read-only': ({ path }) => `${path} 为只读`,
  'access.read-only-of-another': ({ path, user }) => `${path} 属于 ${user}，您无权更改`,
  'access.allow': ({ command }) => `如要允许，请运行：${command}`,
  'access.own': ({ command }) => `如它应归您所有，请运行：${command}`,
  'error.not-writable': ({ path, fault }) => `无法写入 ${path}：${fault}。`,
  'file.would-be-too-large': ({ path }) => `${path} 将超过 10 MiB，对设置文件来说过大。未作任何更改。`,
  'file.would-be-too-large.hint': ({ path }) =>
    `请缩小该文件，然后重新运行同一命令。查看该文件：ls -ld ${path}`,
  'file.folder': ({ path }) => `${path} 是文件夹，不是文件。`,
  'file.special': ({ path }) => `${path} 是管道或设备，不是文件。`,
  'file.too-large': ({ path }) => `${path} 超过 10 MiB，对设置文件来说过大。`,
  'file.long-path': ({ path }) => `路径 ${path} 过长。`,
  'file.unreadable': ({ path }) => `无法读取 ${path}：权限不足。`,
  'file.dangling': ({ path }) => `${path} 是失效的链接，或位于失效的链接之下。`,
  'file.below-file': ({ path }) => `${path} 的上级不是文件夹。`,
  'file.below-file.hint': ({ path }) => `请将该上级移走，然后重新运行同一命令。查看：ls -ld ${path}`,
  'file.move': ({ path }) => `请将其移走，然后重新运行同一命令。查看：ls -ld ${path}`,
  'file.long-path.hint': ({ path }) => `请使用较短的路径，然后重新运行同一命令。查看：ls -ld ${path}`,
  'file.unreadable.hint': ({ path }) => `请为自己授予读取权限，然后重新运行同一命令。查看：ls -ld ${path}`,
  'file.dangling.hint': ({ path }) => `请修复或删除该链接，然后重新运行同一命令。查看：ls -ld ${path}`,

  // Keys and where they are kept.
  'key-fault.none': ({ source }) =>
    source ? `${spaced(source).trimStart()}中没有密钥。` : '请输入您的密钥。',
  'key-fault.lines': ({ source, lines }) =>
    `${from(source)}密钥有多行文本（第 ${lines.join('、')} 行）。密钥只有一行。`,
  'key-fault.name': ({ source }) => `${from(source)}密钥前有变量名，像一行设置。请只填写密钥本身。`,
  'key-fault.blank': ({ source }) => `${from(source)}密钥中含有空格、换行或控制字符。请只填写密钥本身。`,
  'key-fault.ascii': ({ source }) => `${from(source)}密钥中含有 ASCII 以外的字符。`,
  'key-fault.hint': '请从 QCode.cc 控制台（https://qcode.cc）重新复制密钥。密钥为 cr_ 加 64 位十六进制字符。',
  'key-file.path': ({ path }) => `密钥文件 ${path}`,
  'key-file.stdin': '标准输入',
  'key-file.unreadable': ({ path, code }) => `无法读取密钥文件 ${path}（${code}）。`,
  'key-file.too-long': ({ source }) => `${spaced(source).trimStart()}超过 64 KiB，不是密钥。`,
  'key-file.silent': ({ source, seconds }) =>
    `${spaced(source).trimStart()}在 ${seconds} 秒内没有内容，也没有结束。`,
  'key-file.endless': ({ source, seconds }) => `${spaced(source).trimStart()}在 ${seconds} 秒内没有结束。`,
  'key-file.terminal': ({ source }) => `${spaced(source).trimStart()}是终端，会在您输入时显示密钥。`,
  'key-file.hint': '请通过 --key-file 指定只含密钥的文件，或用 - 从标准输入读取。',
  'keychain.refused': ({ reason }) => `系统钥匙串不可用（${reason}）。`,
  'keychain.no-service': ({ reason }) => `本机没有 Secret Service；${reason}`,
  'keychain.no-reason': '未说明原因',
  'keychain.refused.hint': '请解锁钥匙串或启动其服务，然后重新运行同一命令。',
  'keychain.not-installed': ({ name }) => `系统钥匙串需要软件包 ${name}，但它没有与 qcode-setup 安装在一起。`,
  'keychain.not-installed.hint': ({ name }) =>
    `一并安装请运行：npm install -g qcode-setup ${name}（或每次使用：npx -p qcode-setup -p ${name} qcode-setup …）`,
  'keychain.use-files': '如改为将密钥保存在文件中，请运行：qcode-setup setup --key-store file',
  'keychain.not-trusted': ({ fault }) => `未打开系统钥匙串，因为其程序库会从他人可更改的位置加载：${fault}。`,

  // Tool folders.

  // The command line.

  // What a tool really uses.
  'url.requests': ({ path }) => `将请求 ${path}。`,

  // The command doctor.

  // The command lint.
  'lint.requests': '将会请求',
  'lint.use': '应改为',
  'lint.found': ({ problems, files }) => `检查了 ${files} 个文件，发现 ${problems} 个问题`,
  'lint.clean': ({ files }) => `检查了 ${files} 个文件，没有发现问题。`,
  'lint.unread': ({ files }) => `有 ${files} 个文件无法检查。`,
  'lint.fixed': ({ problems }) => `已修正 ${problems} 个问题。`,
  'lint.would-fix': ({ problems }) => `将修正 ${problems} 个问题（--dry-run），未写入任何内容。`,
  'lint.can-fix': ({ problems }) => `其中 ${problems} 个可以修正：加上 --fix`,
  'lint.not-parsed': ({ where }) => `${where}：文件无法解析，因此不会修正其中任何内容。`,
  'lint.unread.not-regular': ({ path }) => `${path} 是管道、套接字或设备，因此未检查。`,
  'lint.unread.is-folder': ({ path }) => `${path} 是无法打开的文件夹，因此未检查。`,
  'lint.unread.too-large': ({ path }) => `${path} 中提到网关，但对源代码或设置来说过大，因此未检查。`,
  'lint.unread.not-text': ({ path }) => `${path} 不是文本，因此未检查。`,
  'lint.unread.too-long': ({ path }) => `路径 ${path} 过长，因此未检查。`,
  'lint.unread.not-readable': ({ path }) => `无法读取 ${path}，因此未检查。`,
  'error.path-not-found': ({ path }) => `没有文件或文件夹 ${path}。`,
  'error.path-not-found.hint': '检查本机自身的设置请运行：qcode-setup lint',
  'sarif.use': ({ url }) => `应改为 ${url}`,

  // The commands prove and demo.

  // The reports of setup, switch, remove and undo.

  // The commands status and print.

  // Plain HTTP.

  // Help: commands.
  'help.setup': '配置工具以使用 QCode.cc（默认命令）',
  'help.setup.example-1': '逐项提问',
  'help.setup.example-2': '不提问，直接配置',
  'help.setup.example-3': '只显示更改，不写入',
  'help.print': '显示某个工具的设置，不写入任何文件',
  'help.print.example-1': '显示要写入 config.toml 的内容',
  'help.print.example-2': '显示可直接运行的示例',
  'help.check': '测试网关和您的密钥（不消耗 token）',
  'help.check.example-1': '测试已配置的区域',
  'help.check.example-2': '测试所有区域并比较响应时间',
  'help.check.example-3': '另外对每种协议发送一个最小请求（消耗 token）',
  'help.status': '显示已配置的内容，以及之后的改动',
  'help.status.example-1': '输出 JSON，供脚本使用',
  'help.switch': '将所有已配置的工具切换到另一个区域',
  'help.switch.example-1': '切换到某个区域，密钥不变',
  'help.switch.example-2': '切换到您自己的中转服务',
  'help.undo': '精确撤销之前的一次更改',
  'help.undo.example-1': '撤销最近一次更改',
  'help.undo.example-2': '列出各次更改的编号和文件',
  'help.key': '在所有位置更换密钥，或管理系统钥匙串中的密钥',
  'help.key.example-1': '询问新密钥，测试后在所有位置替换旧密钥',
  'help.key.example-2': '询问密钥并存入（`undo` 可恢复之前的密钥）',
  'help.key.example-3': '不提问，直接存入密钥',
  'help.key.example-4': '只输出密钥，供程序读取（在终端中会遮盖）',
  'help.key.example-5': '删除密钥及其所有备份（无法撤销）',
  'help.key-set': '将密钥存入系统钥匙串',
  'help.key-get': '输出钥匙串中的密钥，供程序读取',
  'help.key-rotate': '测试新密钥，然后在所有位置替换旧密钥',
  'help.key-forget': '从钥匙串中删除密钥及其所有备份（无法撤销）',
  'help.remove': '删除 qcode-setup 写入的全部内容，并恢复您原来的值',
  'help.remove.example-1': '移除一个工具',
  'help.lint': '查找并修正设置或源代码中错误的 base URL',
  'help.lint.example-1': '检查本机的设置和 shell 配置文件',
  'help.lint.example-2': '在 GitHub Actions 中标注问题',
  'help.lint.example-3': '修正这些文件中的错误',
  'help.prove': '在临时主目录中，用本地测试网关运行您已安装的工具',
  'help.prove.example-1': '运行所有已安装的工具（有失败时退出码为 4）',
  'help.prove.example-2': '运行一个工具，输出 JSON 供脚本使用',
  'help.doctor': '显示每个工具实际使用的设置、来源以及问题',
  'help.doctor.example-1': '显示每个问题及其修复命令',
  'help.doctor.example-2': '用您设置的副本将每个工具运行一次',
  'help.doctor.example-3': '不联网，输出 JSON 供脚本使用',
  'help.demo': '在临时主目录中体验全部功能，无需密钥和网络',

  // Help: flags.
}
