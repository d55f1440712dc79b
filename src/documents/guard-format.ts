import type { Format } from './document.ts'
import { refuseDeepData, tooDeep } from './too-deep.ts'

/** The format, refusing with UserError `too-deep` what is nested so that code which follows the nesting would not end well. */
export function guardFormat(format: Format): Format {
  return {
    open(text, file) {
      const document = guarded(file, () => format.open(text, file))
      guarded(file, () => refuseDeepData(document.get([]), file))
      return document
    },
    referee(text) {
      const data = guarded('The text', () => format.referee(text))
      refuseDeepData(data, 'The text')
      return data
    },
  }
}

function guarded<Result>(file: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError && error.message.includes('call stack')) throw tooDeep(file)
    throw error
  }
}
