import { createFakeClock } from '@qmtl/contracts/testing'
import { migrate, silentLogger } from '@qmtl/service-kit'
import { describeOnEveryDatabase } from '@qmtl/service-kit/testing'
import { expect, test } from 'vitest'
import { gatewayMigrations } from '../database/migrations.ts'
import type { GatewayTables } from '../database/tables.ts'
import { createInstanceLease } from './instance-lease.ts'

describeOnEveryDatabase('the name of a process', (open) => {
  async function setUp() {
    const database = await open<GatewayTables>()
    await migrate(database, gatewayMigrations)
    const clock = createFakeClock()
    const lease = (holder: string, instance = 'a') =>
      createInstanceLease({ database, clock, log: silentLogger }, { instance, holder })
    return { clock, lease }
  }

  test('is borne by one process at a time, and by the next once it was given back', async () => {
    const { lease } = await setUp()
    const [first, second, other] = [lease('1'), lease('2'), lease('3', 'b')]
    await first.start()
    await other.start()
    await second.renew()
    expect([first.isHeld(), second.isHeld(), other.isHeld()]).toEqual([true, false, true])
    await first.stop()
    await second.start()
    expect([first.isHeld(), second.isHeld()]).toEqual([false, true])
    await first.stop()
    await second.renew()
    expect(second.isHeld()).toBe(true)
    await second.stop()
    await other.stop()
  })
  test('is refused to a second process while the first renews it', async () => {
    const { clock, lease } = await setUp()
    const first = lease('1')
    await first.start()
    const starting = lease('2').start()
    const refused = expect(starting).rejects.toMatchObject({ code: 'E_INVALID_CONFIG', errors: [{ value: 'a' }] })
    for (let second = 0; second < 10; second += 5) {
      clock.advance(5_000)
      await first.renew()
    }
    await refused
    expect(first.isHeld()).toBe(true)
    await first.stop()
  })
  test('passes on ten seconds after its process was last heard of, which then knows that it lost it', async () => {
    const { clock, lease } = await setUp()
    const [first, second] = [lease('1'), lease('2')]
    await first.start()
    clock.advance(9_999)
    await second.renew()
    expect([first.isHeld(), second.isHeld()]).toEqual([true, false])
    clock.advance(1)
    expect(first.isHeld()).toBe(false)
    await second.start()
    await first.renew()
    expect([first.isHeld(), second.isHeld()]).toEqual([false, true])
    await first.stop()
    expect(second.isHeld()).toBe(true)
    await second.stop()
  })
})
