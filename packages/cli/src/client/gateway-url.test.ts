import { describe, expect, test } from 'vitest'
import { gatewayOption, gatewayUrl } from './gateway-url.ts'

const configured = () => ({ host: '127.0.0.1', port: 8000 })

describe('the Gateway is looked for', () => {
  test.each([
    ['at the flag', 'http://a:1', { QMTL_GATEWAY_URL: 'http://b:2' }, 'http://a:1'],
    ['at the variable without a flag', undefined, { QMTL_GATEWAY_URL: 'http://b:2/' }, 'http://b:2'],
    ['where the configuration says without both', undefined, { QMTL_GATEWAY_URL: '' }, 'http://127.0.0.1:8000'],
  ])('%s', (_, flag, env, url) => {
    expect(gatewayUrl(flag, env, configured)).toBe(url)
  })

  test.each([
    ['0.0.0.0', 'http://127.0.0.1:8000'],
    ['::', 'http://[::1]:8000'],
    ['::1', 'http://[::1]:8000'],
    ['desk.example', 'http://desk.example:8000'],
  ])('at %s under an address that one can call', (host, url) => {
    expect(gatewayUrl(undefined, {}, () => ({ host, port: 8000 }))).toBe(url)
  })

  test('nowhere while the port is open', () => {
    expect(() => gatewayUrl(undefined, {}, () => ({ host: '127.0.0.1', port: 0 }))).toThrow('--url is needed')
  })
})

test('--url is an address and nothing else', () => {
  expect(gatewayOption.read('https://desk.example/qmtl/')).toBe('https://desk.example/qmtl')
  for (const text of ['desk', 'ftp://desk', 'http://me@desk', 'http://desk/?a=1', '127.0.0.1:8000', '']) {
    expect(() => gatewayOption.read(text), text).toThrow('--url must be an address such as')
  }
  expect(() => gatewayUrl(undefined, { QMTL_GATEWAY_URL: 'desk' }, configured)).toThrow('QMTL_GATEWAY_URL must be')
})
