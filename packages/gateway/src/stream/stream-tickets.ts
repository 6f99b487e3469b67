import { randomUUID } from 'node:crypto'
import { QmtlError, streamTopics, type Clock, type StreamTopic } from '@qmtl/contracts'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose'
import type { StreamScope } from './stream-message.ts'

/** A ticket that has been checked. */
export interface StreamTicket {
  readonly scope: StreamScope
  /** Who it was issued to. */
  readonly subject: string
  readonly expiresAtMs: number
}

/** Tickets for the event stream: signed tokens of a few minutes. */
export interface StreamTickets {
  issue(scope: StreamScope, subject: string): Promise<{ readonly token: string; readonly expiresAtMs: number }>
  /** Throws `E_UNAUTHENTICATED` for a ticket that is forged, expired or for something else. */
  verify(token: string): Promise<StreamTicket>
  /** The public keys, for whoever wants to check a ticket. */
  publicKeys(): Promise<readonly JWK[]>
}

const audience = 'controlbus'
const algorithm = 'EdDSA'
const publicMembers = ['kty', 'crv', 'x', 'kid', 'alg', 'use'] as const

interface SigningKey {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly kid: string
  readonly jwk: JWK
}

/** Signs with an Ed25519 key of this process: a restart ends its tickets, as it ends its streams. */
export function createStreamTickets(clock: Clock, lifeMs: number): StreamTickets {
  let key: Promise<SigningKey> | undefined
  const signingKey = (): Promise<SigningKey> => (key ??= newKey())
  return {
    async issue({ worldId, strategyId, topics }, subject) {
      const { privateKey, kid } = await signingKey()
      const nowS = Math.floor(clock.now() / 1_000)
      const expiresS = nowS + Math.ceil(lifeMs / 1_000)
      const claims = { world_id: worldId, topics, ...(strategyId === undefined ? {} : { strategy_id: strategyId }) }
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
        .setAudience(audience)
        .setSubject(subject)
        .setJti(randomUUID())
        .setIssuedAt(nowS)
        .setExpirationTime(expiresS)
        .sign(privateKey)
      return { token, expiresAtMs: expiresS * 1_000 }
    },
    async verify(token) {
      const { publicKey } = await signingKey()
      const options = { audience, algorithms: [algorithm], currentDate: new Date(clock.now()), requiredClaims: ['exp'] }
      const { payload } = await jwtVerify(token, publicKey, options).catch((cause: unknown) => {
        throw new QmtlError('E_UNAUTHENTICATED', 'the ticket is not valid any more, or never was', { cause })
      })
      return { scope: scopeOf(payload), subject: payload.sub ?? '', expiresAtMs: (payload.exp ?? 0) * 1_000 }
    },
    publicKeys: async () => [(await signingKey()).jwk],
  }
}

async function newKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { crv: 'Ed25519' })
  const exported = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(exported)
  const members = Object.entries({ ...exported, kid, alg: algorithm, use: 'sig' })
  const jwk = Object.fromEntries(members.filter(([name]) => publicMembers.some((member) => member === name)))
  return { privateKey, publicKey, kid, jwk }
}

function scopeOf(claims: Readonly<Record<string, unknown>>): StreamScope {
  const { world_id: worldId, strategy_id: strategyId, topics } = claims
  if (typeof worldId !== 'string' || !Array.isArray(topics)) {
    throw new QmtlError('E_UNAUTHENTICATED', 'the ticket names no world or no topics')
  }
  return { worldId, topics: topics.filter(isStreamTopic), ...(typeof strategyId === 'string' ? { strategyId } : {}) }
}

/** True for a topic of the stream. */
export function isStreamTopic(topic: unknown): topic is StreamTopic {
  return streamTopics.some((known) => known === topic)
}

/** The topics meant, in canonical words and without repeats; unknown ones are left out. Throws `E_TOPICS` when none is left. */
export function grantedTopics(asked: readonly string[]): readonly StreamTopic[] {
  const words = asked.map((topic) => topic.trim().toLowerCase()).map((topic) => (topic === 'queues' ? 'queue' : topic))
  const topics = [...new Set(words.filter(isStreamTopic))]
  if (topics.length === 0) throw new QmtlError('E_TOPICS', `none of '${asked.join(', ')}' is a topic`)
  return topics
}
