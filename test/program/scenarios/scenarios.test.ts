import { describeScenarios } from '../../support/describe-scenarios.ts'

describeScenarios(import.meta.dirname)
