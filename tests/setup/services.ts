import { connect } from 'node:net'

/** Tells the suites whether the PostgreSQL of the tests answers, and says loudly, once per run, when it does not. */
export async function setup(): Promise<void> {
  const url = new URL(process.env['QMTL_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres')
  const reachable = await answers(url.hostname, Number(url.port || 5432))
  process.env['QMTL_TEST_POSTGRES'] = reachable ? 'reachable' : 'unreachable'
  if (reachable) return
  const fate = process.env['CI'] ? 'FAILING' : 'SKIPPED'
  process.stderr.write(
    `\n${fate}: every suite on PostgreSQL. Nothing listens at ${url.host}; start it: scripts/services start\n\n`,
  )
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 })
    const finish = (reachable: boolean) => {
      socket.destroy()
      resolve(reachable)
    }
    socket.once('connect', () => finish(true))
    socket.once('timeout', () => finish(false))
    socket.once('error', () => finish(false))
  })
}
