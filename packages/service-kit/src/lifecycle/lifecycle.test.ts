import { expect, test } from 'vitest'
import { silentLogger } from '../telemetry/logger.ts'
import { createLifecycle, type Resource } from './lifecycle.ts'
import { untilStopSignal } from './signals.ts'

function recorded(journal: string[], name: string, faults: Partial<Resource> = {}): Resource {
  return {
    name,
    async start() {
      journal.push(`start ${name}`)
    },
    async stop() {
      journal.push(`stop ${name}`)
    },
    ...faults,
  }
}

test('parts start in order and stop in reverse, once', async () => {
  const journal: string[] = []
  const lifecycle = createLifecycle([recorded(journal, 'a'), recorded(journal, 'b')], { log: silentLogger })
  await lifecycle.start()
  await Promise.all([lifecycle.stop(), lifecycle.stop()])
  expect(journal).toEqual(['start a', 'start b', 'stop b', 'stop a'])
})

test('when a part fails to start, it and those before it are stopped and its failure is told', async () => {
  const journal: string[] = []
  const failing = recorded(journal, 'b', { start: () => Promise.reject(new Error('port taken')) })
  const lifecycle = createLifecycle([recorded(journal, 'a'), failing, recorded(journal, 'c')], { log: silentLogger })
  await expect(lifecycle.start()).rejects.toThrow('port taken')
  expect(journal).toEqual(['start a', 'stop b', 'stop a'])
})

test('a part that does not stop in time, or fails to, does not keep the others from stopping', async () => {
  const journal: string[] = []
  const hanging = recorded(journal, 'b', { stop: () => new Promise(() => undefined) })
  const failing = recorded(journal, 'c', { stop: () => Promise.reject(new Error('stuck')) })
  const parts = [recorded(journal, 'a'), hanging, failing]
  const lifecycle = createLifecycle(parts, { log: silentLogger, stopTimeoutMs: 10 })
  await lifecycle.start()
  await expect(lifecycle.stop()).rejects.toMatchObject({
    errors: [{ message: 'stuck' }, { message: "'b' did not stop within 10 ms" }],
  })
  expect(journal.at(-1)).toBe('stop a')
})

function fakeProcess() {
  const listeners = new Map<string, () => void>()
  const exits: number[] = []
  return {
    exits,
    listeners,
    on: (signal: string, listener: () => void) => listeners.set(signal, listener),
    off: (signal: string) => listeners.delete(signal),
    exit: (code: number) => void exits.push(code),
  }
}

test('the first signal asks for a stop, the second ends the process with 130', async () => {
  const source = fakeProcess()
  const stopped = untilStopSignal({ source })
  source.listeners.get('SIGTERM')?.()
  await stopped
  expect(source.exits).toEqual([])
  source.listeners.get('SIGINT')?.()
  expect(source.exits).toEqual([130])
})

test('an abort ends the wait and the listening', async () => {
  const source = fakeProcess()
  const controller = new AbortController()
  const stopped = untilStopSignal({ source, signal: controller.signal })
  controller.abort()
  await stopped
  expect(source.listeners.size).toBe(0)
})
