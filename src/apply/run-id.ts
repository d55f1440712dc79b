import type { Host } from '../host/host.ts'

/** A new run's id, such as `20261123T121314Z-ab12cd`: UTC time and chance. */
export function newRunId(host: Host): string {
  const time = host
    .now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
  return `${time}-${host.randomId().slice(0, 6)}`
}

/** Whether a text can be a run's id; nothing else is ever made part of a path. */
export function isRunId(text: string): boolean {
  return /^\d{8}T\d{6}Z-[0-9a-f]+$/.test(text)
}
