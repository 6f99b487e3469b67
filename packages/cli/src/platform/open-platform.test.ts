import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { openDesk } from '../testing/open-desk.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'

const temporary = temporaryDirectories()

/** A close frame: its code, then its reason. */
const goodbye = Buffer.concat([Buffer.from([0x88, 2 + 23, 0x03, 0xe9]), Buffer.from('the gateway is stopping')])

test('a platform with an open stream stops at once and says goodbye to it', async () => {
  const { platform } = await openDesk(await temporary(), [])
  const { body: ticket } = await platform.gateway.subscribe({ body: { world_id: 'desk', topics: ['policy'] } })
  const { pathname, port } = new URL(ticket.stream_url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    `GET ${pathname}?token=${ticket.token} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: Upgrade\r\n` +
      'upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  const heard: Buffer[] = []
  socket.on('data', (bytes: Buffer) => {
    heard.push(bytes)
    if (Buffer.concat(heard).includes(goodbye)) socket.end()
  })
  await once(socket, 'data')
  const startedAt = performance.now()
  await Promise.all([once(socket, 'close'), platform.stop()])
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  expect(Buffer.concat(heard).includes(goodbye)).toBe(true)
})
