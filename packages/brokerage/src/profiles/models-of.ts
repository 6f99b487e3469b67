import { ONE, QmtlError } from '@qmtl/contracts'
import type { BrokerProfile, SecurityModels } from '../model/broker-profile.ts'
import type { Security } from '../model/security.ts'

/**
 * The models of an instrument under a profile: those of its class, of a spot pair with the pair's leverage, with what is replaced for
 * the instrument, as the hook leaves them. Throws `E_INVALID_PARAMETER` for a class that is not traded under the profile.
 */
export function modelsOf(profile: BrokerProfile, security: Security): SecurityModels {
  const known = chosen.get(profile) ?? remember(profile)
  const models = known.get(security)
  if (models) return models
  const worked = chooseModels(profile, security)
  known.set(security, worked)
  return worked
}

/** Asked several times per order, and always the same: profiles and securities are data, hooks are pure. */
const chosen = new WeakMap<BrokerProfile, WeakMap<Security, SecurityModels>>()

function remember(profile: BrokerProfile): WeakMap<Security, SecurityModels> {
  const models = new WeakMap<Security, SecurityModels>()
  chosen.set(profile, models)
  return models
}

function chooseModels(profile: BrokerProfile, security: Security): SecurityModels {
  const ofClass = profile.models[security.assetClass]
  if (!ofClass) {
    const traded = Object.keys(profile.models).join(', ')
    throw new QmtlError('E_INVALID_PARAMETER', `${security.assetClass} ${security.id} is not traded at ${profile.id}`, {
      hint: `${profile.id} trades ${traded}; choose another profile or instrument`,
    })
  }
  const models = { ...withPairLeverage(ofClass, profile, security), ...profile.instruments?.get(security.id) }
  return profile.hook?.chooseModels?.(security, models) ?? models
}

function withPairLeverage(models: SecurityModels, { pairLeverage }: BrokerProfile, security: Security): SecurityModels {
  if (!pairLeverage || security.assetClass !== 'crypto') return models
  const row = pairLeverage.find(
    ({ bases, quotes }) => bases.includes(security.baseCurrency ?? '') && quotes.includes(security.quoteCurrency),
  )
  const { unaffordable } = models.buyingPower
  return { ...models, buyingPower: { kind: 'leverage', leverage: row?.leverage ?? ONE, unaffordable } }
}
