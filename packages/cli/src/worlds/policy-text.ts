import type { PolicyVersion } from '@qmtl/contracts'
import { stringify } from 'yaml'
import type { Style } from '../output/style.ts'
import { table } from '../output/table.ts'
import { minuteText } from '../output/times.ts'

/** The policy versions of a world, oldest first, and what the default one says. */
export function policyListText(worldId: string, policies: readonly PolicyVersion[], style: Style): string {
  if (policies.length === 0) return `world ${worldId} has no policy: qmtl world policy ${worldId} --file policy.yml`
  const listed = table(
    [
      { title: '' },
      { title: 'version', align: 'right' },
      { title: 'state' },
      { title: 'added (UTC)' },
      { title: 'by' },
      { title: 'checksum' },
    ],
    policies.map(({ version, status, created_at, created_by, checksum }) => [
      status === 'ACTIVE' ? style.good('→') : '',
      String(version),
      status === 'ACTIVE' ? 'default' : status.toLowerCase(),
      minuteText(created_at),
      created_by,
      style.dim(shortHash(checksum)),
    ]),
  )
  const current = policies.find(({ status }) => status === 'ACTIVE')
  return current === undefined ? listed : `${listed}\n\n${policyRules(current, style)}`
}

/** A policy version and its rules, as one would write them. */
export function policyRules({ version, policy }: PolicyVersion, style: Style): string {
  const rules = Object.keys(policy).length === 0 ? '(no rule: all with evidence pass)' : stringify(policy).trimEnd()
  const lines = rules.split('\n').map((line) => `    ${line}`)
  return [`  ${style.bold(`version ${version}`)}`, ...lines].join('\n')
}

function shortHash(hash: string): string {
  const [kind = '', digits] = hash.split(':')
  return digits === undefined ? hash.slice(0, 16) : `${kind}:${digits.slice(0, 12)}…`
}
