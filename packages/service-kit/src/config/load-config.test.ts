import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { QmtlError } from '@qmtl/contracts'
import { loadConfig, type FlagSetting } from './load-config.ts'

const schema = Type.Object({
  profile: Type.Enum(['dev', 'prod'], { default: 'dev' }),
  gateway: Type.Object({
    host: Type.String({ default: '127.0.0.1' }),
    port: Type.Integer({ default: 8000, minimum: 0, maximum: 65_535 }),
    strict: Type.Boolean({ default: false }),
    topics: Type.Array(Type.String(), { default: ['queue'] }),
    dsn: Type.Optional(Type.String()),
    auth: Type.Object({ mode: Type.Enum(['off', 'jwt'], { default: 'off' }) }),
  }),
  limits: Type.Optional(Type.Object({ max_notional: Type.Number() })),
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qmtl-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Given {
  readonly yaml?: string
  readonly env?: Record<string, string>
  readonly flags?: readonly FlagSetting[]
  readonly file?: string
}

function load({ yaml, env = {}, flags = [], file }: Given) {
  if (yaml !== undefined) writeFileSync(join(folder, 'qmtl.yml'), yaml)
  return loadConfig(schema, { cwd: folder, env, flags, file })
}

function faultsOf(given: Given): QmtlError {
  try {
    load(given)
  } catch (thrown) {
    if (thrown instanceof QmtlError) return thrown
  }
  throw new Error('the configuration was accepted')
}

const defaults = {
  profile: 'dev',
  gateway: { host: '127.0.0.1', port: 8000, strict: false, topics: ['queue'], auth: { mode: 'off' } },
}

describe('values', () => {
  test('are the defaults where nothing is written', () => {
    expect(load({})).toEqual({ config: defaults, file: undefined })
    expect(load({ yaml: '# nothing yet\n' }).config).toEqual(defaults)
    expect(load({ yaml: 'gateway:\n' }).config).toEqual(defaults)
  })

  test('come from the file, then the environment, then the flags', () => {
    const yaml = 'gateway:\n  host: file\n  port: 1\n  strict: true\n'
    const env = { QMTL__GATEWAY__PORT: '2', QMTL__GATEWAY__HOST: 'env', OTHER: 'x' }
    const flags = [{ flag: '--port', path: 'gateway.port', value: '3' }]
    expect(load({ yaml, env, flags }).config.gateway).toMatchObject({ host: 'env', port: 3, strict: true })
  })

  test('of the environment take the type of their place', () => {
    const env = {
      QMTL__GATEWAY__STRICT: 'true',
      QMTL__GATEWAY__TOPICS: 'a, b',
      QMTL__LIMITS__MAX_NOTIONAL: '1e6',
      QMTL__GATEWAY__AUTH: '{"mode":"jwt"}',
    }
    expect(load({ env }).config).toMatchObject({
      gateway: { strict: true, topics: ['a', 'b'], auth: { mode: 'jwt' } },
      limits: { max_notional: 1_000_000 },
    })
    expect(load({ env: { QMTL__GATEWAY__TOPICS: '["x,y"]' } }).config.gateway.topics).toEqual(['x,y'])
  })

  test('that are empty are absent', () => {
    expect(load({ yaml: 'gateway: { dsn: "" }', env: { QMTL__GATEWAY__HOST: '' } }).config).toEqual(defaults)
  })

  test('may be secrets of the environment or of files', () => {
    writeFileSync(join(folder, 'token'), 'from-file\n')
    const yaml = `gateway:\n  dsn: "postgres://u:\${env:PASSWORD}@h/\${file:${join(folder, 'token')}}"\n`
    expect(load({ yaml, env: { PASSWORD: 'pw' } }).config.gateway.dsn).toBe('postgres://u:pw@h/from-file')
  })

  test('are found in qmtl.yml of a parent folder, in QMTL_CONFIG_FILE and in the file named', () => {
    const below = join(folder, 'a', 'b')
    mkdirSync(below, { recursive: true })
    for (const name of ['qmtl.yml', 'env.yml', 'flag.yml'])
      writeFileSync(join(folder, name), `gateway: { host: ${name} }`)
    const hostOf = (env: Record<string, string>, file?: string) =>
      loadConfig(schema, { cwd: below, env, file }).config.gateway.host
    expect(hostOf({})).toBe('qmtl.yml')
    expect(hostOf({ QMTL_CONFIG_FILE: '../../env.yml' })).toBe('env.yml')
    expect(hostOf({ QMTL_CONFIG_FILE: '../../env.yml' }, join(folder, 'flag.yml'))).toBe('flag.yml')
  })
})

describe('faults', () => {
  test('are told all at once, each with its place', () => {
    const yaml = 'gateway:\n  prot: 1\n  strict: yes please\n  auth:\n    mode: basic\nprofil: dev\n'
    const env = { QMTL__GATEWAY__PORT: 'http', QMTL__GATWAY__HOST: 'x' }
    const error = faultsOf({ yaml, env, flags: [{ flag: '--max', path: 'limits.max_notional', value: 'lots' }] })
    expect(error.code).toBe('E_INVALID_CONFIG')
    const told = error.errors.map(({ path, message }) => `${path} ${message}`)
    const expected = [
      /^qmtl\.yml:2:3 gateway\.prot is not known; did you mean 'port'\?$/,
      /^qmtl\.yml:3:3 gateway\.strict must be boolean$/,
      /^qmtl\.yml:5:5 gateway\.auth\.mode must be/,
      /^qmtl\.yml:6:1 profil is not known; did you mean 'profile'\?$/,
      /^QMTL__GATEWAY__PORT gateway\.port must be integer$/,
      /^QMTL__GATWAY__HOST gatway is not known; did you mean 'gateway'\?$/,
      /^--max limits\.max_notional must be number$/,
    ]
    for (const pattern of expected)
      expect(
        told.filter((line) => pattern.test(line)),
        String(pattern),
      ).toHaveLength(1)
    expect(told).toHaveLength(expected.length)
  })

  test('of YAML have line and column', () => {
    expect(faultsOf({ yaml: 'gateway:\n  port: 1\n  port: 2\n' }).errors).toMatchObject([{ path: 'qmtl.yml:3:3' }])
    expect(faultsOf({ yaml: 'gateway: [1' }).errors[0]?.path).toMatch(/^qmtl\.yml:1:/)
    expect(faultsOf({ yaml: '- a\n' }).errors).toEqual([{ path: 'qmtl.yml:1:1', message: 'must be a map of sections' }])
  })

  test('never show a secret', () => {
    const yaml = 'gateway:\n  port: "${env:PORT}"\n  dsn: "${env:MISSING}"\n  topics: [["${env:PORT}"]]\n'
    const error = faultsOf({ yaml, env: { PORT: 'hunter2' } })
    expect(JSON.stringify([error.message, error.errors])).not.toContain('hunter2')
    expect(error.errors).toEqual([
      { path: 'qmtl.yml:3:3', message: 'gateway.dsn: the environment variable MISSING is not set' },
      { path: 'qmtl.yml:2:3', message: 'gateway.port must be integer' },
      { path: 'qmtl.yml:4:3', message: 'gateway.topics.0 must be string' },
    ])
  })

  test('name a file that is not there', () => {
    expect(faultsOf({ file: 'absent.yml' })).toMatchObject({ code: 'E_FILE' })
    expect(faultsOf({ file: 'absent.yml' }).message).toContain(join(folder, 'absent.yml'))
  })

  test('of a name that JavaScript gives a meaning are faults like others', () => {
    expect(faultsOf({ yaml: '__proto__:\n  port: 1\n' }).errors).toMatchObject([{ path: 'qmtl.yml:1:1' }])
    expect(faultsOf({ yaml: 'constructor: 1\n' }).errors).toMatchObject([{ path: 'qmtl.yml:1:1' }])
  })
})
