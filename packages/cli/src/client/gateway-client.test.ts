import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { sampleWorld } from '../testing/wire-samples.ts'
import { connectGateway } from './gateway-client.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function listen(handle: RequestListener): Promise<string> {
  const server = createServer(handle)
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return `http://127.0.0.1:${address.port}`
}

const answer =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(body)

const client = (url: string, signal = new AbortController().signal) => connectGateway({ url, signal })

describe('a call', () => {
  test('gives what the Gateway answers, also with members that are not known here', async () => {
    const body = { worlds: [{ ...sampleWorld, colour: 'red' }], more: true }
    const url = await listen(answer(200, JSON.stringify(body)))
    expect((await client(url).worlds.listWorlds({})).body).toEqual(body)
  })

  test('throws what the Gateway refuses, as it said it', async () => {
    const problem = { code: 'E_UNKNOWN_WORLD', detail: "no world 'x'", hint: 'create it', errors: [], details: {} }
    const url = await listen(answer(404, JSON.stringify(problem)))
    await expect(client(url).worlds.getWorld({ params: { world_id: 'x' } })).rejects.toMatchObject({
      code: 'E_UNKNOWN_WORLD',
      message: "no world 'x'",
      hint: 'create it',
    })
  })

  test('says how to start a Gateway where nothing listens', async () => {
    const url = await listen(answer(200, '{}'))
    for (const close of closers.splice(0)) close()
    await expect(client(url).worlds.listWorlds({})).rejects.toMatchObject({
      code: 'E_UNAVAILABLE',
      message: `no Gateway answers at ${url}`,
      hint: 'start one with qmtl dev, or name another with --url',
      errors: [{ message: `connect ECONNREFUSED ${url.slice('http://'.length)}` }],
    })
  })

  test.each([
    ['a page', '<html>'],
    ['another document', '{"worlds":[{"id":1}]}'],
    ['nothing', ''],
  ])('takes %s for no Gateway', async (_, body) => {
    const url = await listen(answer(200, body))
    await expect(client(url).worlds.listWorlds({})).rejects.toMatchObject({
      code: 'E_UNAVAILABLE',
      message: `what answers GET /worlds at ${url} is no Gateway of this release`,
    })
  })

  test('tells of a connection that breaks off', async () => {
    const url = await listen((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{')
      response.destroy()
    })
    await expect(client(url).worlds.listWorlds({})).rejects.toMatchObject({ code: 'E_UNAVAILABLE' })
  })

  test('ends with the reason of the signal that aborted it', async () => {
    const reason = new Error('interrupted')
    const interrupt = new AbortController()
    const url = await listen(() => interrupt.abort(reason))
    await expect(client(url, interrupt.signal).worlds.listWorlds({})).rejects.toBe(reason)
  })
})
