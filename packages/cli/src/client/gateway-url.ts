import { Misuse } from '../command/misuse.ts'
import { optional, type Reader } from '../command/options.ts'

/** An `http(s)` address without path end, query and user. */
const urlText: Reader<string> = (text, flag) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url !== undefined && url.search === '' && url.hash === '' && url.username === ''
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    throw new Misuse(flag, text, 'must be an address such as http://127.0.0.1:8000')
  }
  return text.replace(/\/+$/, '')
}

/** The option of every command that talks to a running Gateway. */
export const gatewayOption = optional('--url <URL>', 'address of the Gateway; else QMTL_GATEWAY_URL, qmtl.yml', urlText)

/** The environment variable that names the Gateway where `--url` does not. */
const variable = 'QMTL_GATEWAY_URL'

/**
 * Where the Gateway is: the flag, else the variable, else what `configured` reads from the configuration. Throws `Misuse` for
 * a variable that is no address, and where the configuration leaves the port open.
 */
export function gatewayUrl(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  configured: () => { readonly host: string; readonly port: number },
): string {
  if (flag !== undefined) return flag
  const named = env[variable] ?? ''
  if (named !== '') return urlText(named, variable)
  const { host, port } = configured()
  if (port === 0) throw new Misuse('--url', '', 'is needed: the configuration lets the Gateway take any free port')
  return `http://${reachable(host)}:${port}`
}

/** A server that listens on every address is reached on the loopback one; an IPv6 address stands in brackets. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
