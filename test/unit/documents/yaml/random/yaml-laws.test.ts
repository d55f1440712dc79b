import { yamlFormat } from '../../../../../src/documents/yaml/yaml-format.ts'
import { describeLaws } from '../../json/laws.ts'
import { keys, wildYaml } from '../yaml-arbitrary.ts'

/** Comments and blank lines that follow a removed key can become part of a block of text above it. */
const mayRefuse = (text: string) => /[|>][-+]?\r?\n/.test(text)

describeLaws({ name: 'YAML in any layout', format: yamlFormat, texts: wildYaml, keys, mayRefuse })
