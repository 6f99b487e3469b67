import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, fetchTransport, gatewayRoutes } from '@qmtl/contracts'
import { silentLogger, type Logger } from '@qmtl/service-kit'
import { afterEach, describe, expect, test } from 'vitest'
import { sampleEntry } from '../testing/fake-services.ts'
import { openStream, type StreamMessage } from '../testing/open-stream.ts'
import { runGateway } from '../testing/run-gateway.ts'
import { mostConnectionsOfSubject } from './connection-places.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(log: Logger = silentLogger) {
  const folder = mkdtempSync(join(tmpdir(), 'qmtl-stream-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const running = await runGateway({ kind: 'sqlite', file: join(folder, 'gateway.sqlite') }, log)
  cleanups.push(() => running.stop())
  const client = createClient(gatewayRoutes, fetchTransport({ baseUrl: running.url, fetch }))
  return {
    ...running,
    port: Number(new URL(running.url).port),
    /** A ticket for the world, as the caller that a port without authentication knows. */
    async ticket(topics: string[]) {
      const { body } = await client.subscribe({ body: { world_id: 'w1', topics } })
      return { token: body.token, url: `${body.stream_url}?token=${body.token}` }
    },
  }
}

async function open(url: string) {
  const stream = await openStream(url)
  cleanups.push(() => stream.socket.terminate())
  return stream
}

/** A connection that has asked for the stream and speaks no WebSocket beyond that. */
async function openRaw(port: number, path = '/ws/evt'): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  cleanups.push(() => void socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  return socket
}

const ofType = (type: string) => (message: StreamMessage) => message.type === type

describe('callers without a ticket', () => {
  test('take no place of a subscriber and are gone soon, also those that never answer', async () => {
    const { port, ticket } = await serve()
    const sockets = await Promise.all(Array.from({ length: 1_050 }, () => openRaw(port)))
    const gone = sockets.map((socket) => once(socket.resume(), 'close'))
    const { url } = await ticket(['orders'])
    const stream = await open(url)
    await Promise.all(gone)
    expect(stream.socket.readyState).toBe(stream.socket.OPEN)
  })
  test('that leave in the middle of the handshake harm nobody', async () => {
    const { port, ticket } = await serve()
    for (const path of ['/ws/evt?token=forged', '/elsewhere', '//']) {
      const sockets = await Promise.all(Array.from({ length: 20 }, () => openRaw(port, path)))
      for (const socket of sockets) socket.resetAndDestroy()
    }
    const { url } = await ticket(['policy'])
    await (await open(url)).first(ofType('policy_state_hash'))
  })
})

describe('a subscriber', () => {
  test('has as many connections as one may have, however many tickets it holds, and a new one when it ends one', async () => {
    const { ticket } = await serve()
    const { url } = await ticket(['orders'])
    const streams = await Promise.all(Array.from({ length: mostConnectionsOfSubject }, () => open(url)))
    const refused = await open((await ticket(['orders'])).url)
    expect(await refused.ended).toEqual({
      code: 1013,
      reason: `this caller has ${mostConnectionsOfSubject} connections already; close one of them`,
    })
    const [first] = streams
    first?.socket.close()
    await first?.ended
    const next = await open((await ticket(['policy'])).url)
    await next.first(ofType('policy_state_hash'))
    expect(streams.slice(1).every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true)
  })
  test('that has its acknowledgements answered without reading the answers is told so and closed', async () => {
    const told = new Set<string>()
    const { ticket } = await serve({ ...silentLogger, info: (event) => void told.add(event) })
    const { socket, ended } = await open((await ticket(['orders'])).url)
    socket.pause()
    const ack = JSON.stringify({ type: 'ack', last_id: 'x'.repeat(256) })
    for (let sent = 0; sent < 400_000 && !told.has('stream-too-slow'); sent++) {
      socket.send(ack)
      if (sent % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    socket.resume()
    expect(await ended).toEqual({
      code: 1013,
      reason: 'messages are not read fast enough; connect again and read the state anew',
    })
  })
  test('that reads a long snapshot slowly is waited for and gets all of it', async () => {
    const { worlds, ticket } = await serve()
    const ids = Array.from({ length: 20_000 }, (_, index) => `s${index}`)
    worlds.activation = {
      version: 2,
      state: Object.fromEntries(ids.map((id) => [id, { long: sampleEntry(), short: sampleEntry() }])),
    }
    const { socket, messages, first } = await open((await ticket(['activation'])).url)
    await first(ofType('world_epoch_changed'))
    socket.pause()
    socket.send(JSON.stringify({ type: 'ack', last_id: 'e1' }))
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.resume()
    await first(ofType('ack'))
    await first(({ data, seq_no: sequence }) => sequence === 2 * ids.length + 1 && data['side'] === 'short')
    const numbers = messages.filter(({ type }) => type !== 'ack').map(({ seq_no: sequence }) => sequence)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })
  test('whose new ticket shows more is told what to read, and one whose ticket is only newer is not', async () => {
    const { ticket } = await serve()
    const { socket, messages, first } = await open((await ticket(['policy', 'orders'])).url)
    await first(ofType('policy_state_hash'))
    for (const topics of [['policy', 'orders'], ['policy'], ['policy', 'activation', 'orders']]) {
      const { token } = await ticket(topics)
      socket.send(JSON.stringify({ type: 'refresh', token }))
    }
    expect((await first(ofType('resync'))).data).toMatchObject({ topics: ['activation', 'orders'] })
    expect(messages.filter(ofType('refresh_ack'))).toHaveLength(3)
  })
})

describe('a server that stops', () => {
  test('says goodbye to its subscribers and is not held up by one that does not answer', async () => {
    const { ticket, port, stop } = await serve()
    const { token, url } = await ticket(['policy'])
    const stream = await open(url)
    const silent = await openRaw(port, `/ws/evt?token=${token}`)
    await once(silent, 'data')
    const startedAt = performance.now()
    await stop()
    expect(await stream.ended).toEqual({ code: 1001, reason: 'the gateway is stopping' })
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
