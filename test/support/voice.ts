/** A mark of a half-width font beside a Chinese character, or a blank inside of full-width brackets. */
const halfWidth = /\p{Script=Han}(?:[,;:!?]| ?\()|[,;:!?(] ?\p{Script=Han}|\)\p{Script=Han}|（\s|\s）/u

/** Whether a Chinese text has marks of English, but for what is written as it is typed. */
export function oddMarks(text: string): boolean {
  return halfWidth.test(text.replace(/`[^`]*`|"[^"\n]*"/g, '·'))
}

/** The one word for each thing in Chinese, with those that other programs have for it. */
export const chineseWords: readonly (readonly [word: string, others: RegExp])[] = [
  ['您', /你/],
  ['区域', /线路|地区/],
  ['系统钥匙串', /(?<!系统)钥匙串|密钥链/],
  ['密钥', /秘钥|密匙/],
  ['操作', /(?:上一次|先前的|之前的|已撤销|撤销)运行|次更改/],
  ['退出码', /退出代码|返回码/],
  ['计算机', /电脑|机器/],
  ['接口', /端点/],
  ['响应', /应答/],
  ['修正', /更正|改正/],
  ['隐藏', /遮盖|遮蔽|掩码/],
  ['设置', /配置(?!文件|目录)/],
  ['重新运行', /再次运行同一命令/],
  ['服务商', /(?<![\w-])provider(?![\w-]|s?\.json)|供应商/],
  ['软件源', /(?<![\w.-])registry(?![\w.-])/],
]

/** Turns of phrase that a reader of other programs does not know, each with what is said instead. */
const odd: Readonly<Record<string, RegExp>> = {
  'is in': /\b(?:may|to|not) stand\b|\bstands? (?:in|on|at|there|here|inside)\b/,
  temporary: /\bthrow-away\b/,
  'uses, restores': /\bby your word\b|\bgoes? by\b|\bgives? back\b|\bgiven back\b/,
  'is not a': /(?<!\bthere )\b(?:is|are) (?:no(?! longer)|none of)\b/,
  'removed, undone': /\btaken (?:out|back)\b|\btakes? (?:\w+ )?(?:out|back)\b/,
  'already, anyway': /\bright already\b|\ball the same\b|\bthe file named\b|\bone too many\b/,
  'needs, requires': /\bwants\b/,
  'full, instead of': /\bwhole (?:job|reply|endpoint|URL)\b|\bin place of\b/i,
  change: /\b(?:an earlier|a previous|the last) run\b/,
  'fix, space': /\bmend(?:s|ed)?\b|\bblanks?\b/,
}

export const oddEnglish = new RegExp(
  Object.values(odd)
    .map(({ source }) => source)
    .join('|'),
  'i',
)

/** The sentences of a text, and the parts of one between colons and semicolons; a command counts as one word. */
export function sentencesIn(text: string): string[] {
  return text.replace(/`[^`]*`/g, 'it').split(/(?<=[.?!:;])\s+|\n/)
}

export function isLongSentence(sentence: string): boolean {
  return (sentence.match(/[A-Za-z‹][\w'’›-]*/g) ?? []).length > 25
}
