import { readFileSync } from 'node:fs'
import { messageOf, type ErrorCause } from '@qmtl/contracts'
import type { Setting } from './config-source.ts'

const reference = /\$\{(env|file):([^}]+)\}/g

/**
 * Replaces `${env:NAME}` and `${file:/path}` in a setting's texts, at any depth. What cannot be replaced is added to
 * `faults`; the setting is marked as a secret.
 */
export function resolveSecrets(
  setting: Setting,
  env: Readonly<Record<string, string | undefined>>,
  faults: ErrorCause[],
): Setting {
  const resolveText = (text: string): string =>
    text.replaceAll(reference, (_match, kind: string, name: string) => {
      try {
        return kind === 'env' ? readVariable(env, name) : readFileSync(name, 'utf8').trimEnd()
      } catch (thrown) {
        faults.push({ path: setting.origin, message: `${setting.path.join('.')}: ${messageOf(thrown)}` })
        return ''
      }
    })
  const value = mapTexts(setting.value, resolveText)
  return { ...setting, value, isSecret: JSON.stringify(value) !== JSON.stringify(setting.value) }
}

function readVariable(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`)
  return value
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapTexts(member, change)]))
}
