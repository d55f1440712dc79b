import { getEventListeners } from 'node:events'
import process from 'node:process'
import { describe, expect, it, vi } from 'vitest'
import { Interruption } from '../../../src/host/interruption.ts'

const isCancelled = expect.objectContaining({ code: 'cancelled', exit: 130 })

describe('an interrupt', () => {
  it('that comes before anything is written ends the program, once', () => {
    const interruption = new Interruption()
    const cancel = vi.fn()
    interruption.whenCancelled(cancel)
    interruption.interrupt()
    interruption.interrupt()
    expect(cancel).toHaveBeenCalledTimes(1)
    expect(interruption.cameTooLate).toBe(false)
    expect(() => interruption.begin()).toThrow(isCancelled)
  })

  it('that comes after the writing began waits for its end', async () => {
    const interruption = new Interruption()
    const cancel = vi.fn()
    interruption.whenCancelled(cancel)
    interruption.begin()
    expect(interruption.cameTooLate).toBe(false)
    interruption.interrupt()
    expect(cancel).not.toHaveBeenCalled()
    expect(interruption.cameTooLate).toBe(true)
    interruption.assertNotCancelled()
    expect(await interruption.unlessInterrupted(new Promise(() => {}))).toBeUndefined()
  })

  it('ends the wait for what only looks', async () => {
    const interruption = new Interruption()
    expect(await interruption.unlessInterrupted(Promise.resolve('seen'))).toBe('seen')
    const waiting = interruption.unlessInterrupted(new Promise(() => {}))
    interruption.interrupt()
    expect(await waiting).toBeUndefined()
  })

  it('is waited for by any number of requests without a warning, and by none once they are over', async () => {
    const interruption = new Interruption()
    const warned = vi.fn()
    process.on('warning', warned)
    const waits = Array.from({ length: 40 }, async () => {
      await interruption.unlessInterrupted(new Promise((resolve) => setImmediate(resolve)))
    })
    expect(getEventListeners(interruption.signal, 'abort')).toHaveLength(40)
    await Promise.all(waits)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', warned)
    expect(warned).not.toHaveBeenCalled()
    expect(getEventListeners(interruption.signal, 'abort')).toEqual([])
  })

  it('waits for work that clears up after itself, and then ends the program', async () => {
    const interruption = new Interruption()
    const cancel = vi.fn()
    interruption.whenCancelled(cancel)
    const steps: string[] = []
    const held = interruption.hold(async (interrupted) => {
      interruption.interrupt()
      steps.push(interrupted.aborted ? 'told' : 'not told')
      await Promise.resolve()
      steps.push('cleared up')
    })
    await expect(held).rejects.toEqual(isCancelled)
    expect(steps).toEqual(['told', 'cleared up'])
    expect(cancel).not.toHaveBeenCalled()
  })

  it.each([
    ['only at the second one of those that are typed', ['SIGINT', 'SIGINT'], [false, true]],
    ['soon after one that nobody repeats', ['SIGTERM'], [true]],
    ['soon after the end of a terminal', ['SIGHUP'], [true]],
  ] as const)('insists %s', (_, signals, insisted) => {
    vi.useFakeTimers()
    const interruption = new Interruption()
    const after = signals.map((signal) => {
      interruption.interrupt(signal)
      vi.advanceTimersByTime(5000)
      return interruption.insisted.aborted
    })
    vi.useRealTimers()
    expect(after).toEqual(insisted)
  })

  it('names what was done before it, also when it is repeated', () => {
    const interruption = new Interruption()
    interruption.begin()
    interruption.reopen('An earlier run was taken back.')
    interruption.interrupt()
    expect(() => interruption.begin()).toThrow('Nothing else was written.\nAn earlier run was taken back.')
  })

  it('that came while an earlier run was ended takes effect before the next step', () => {
    const interruption = new Interruption()
    interruption.begin()
    interruption.interrupt()
    expect(() => interruption.reopen('An earlier run was taken back.')).toThrow(isCancelled)
  })
})
