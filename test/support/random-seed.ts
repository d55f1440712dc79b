import fc from 'fast-check'
import { randomSeed } from './seed-of-run.ts'

fc.configureGlobal({ seed: randomSeed })
