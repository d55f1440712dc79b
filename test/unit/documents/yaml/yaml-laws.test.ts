import { yamlFormat } from '../../../../src/documents/yaml/yaml-format.ts'
import { describeLaws } from '../json/laws.ts'
import { keys, wildYaml } from './yaml-arbitrary.ts'

describeLaws({ name: 'YAML in any layout', format: yamlFormat, texts: wildYaml, keys })
