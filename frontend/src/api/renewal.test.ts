import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { aTab, Locks } from '@/testing/tab'
import { aJson, anAnswer } from '@/testing/tokens'

const refresh = vi.fn<typeof fetch>()

beforeEach(() => {
  localStorage.clear()
  refresh.mockReset()
  vi.stubGlobal('fetch', refresh)
  withLocks(new Locks())
})
afterEach(() => {
  vi.unstubAllGlobals()
  withLocks(undefined)
  // Ends the channels of the tabs.
  dispatchEvent(new Event('pagehide'))
})

const withLocks = (value: Locks | undefined) =>
  Object.defineProperty(navigator, 'locks', { value, configurable: true })

/** The keys of the attempts that were made, oldest first. */
const attempts = () =>
  refresh.mock.calls.map(([, request]) => new Headers(request?.headers).get('Idempotency-Key'))

/** Lets what was said to the other tabs arrive. */
const delivered = () => new Promise((resolve) => setTimeout(resolve, 20))

test('who has never signed in is not asked about', async () => {
  const tab = await aTab()

  expect(await tab.renew()).toBe('ended')
  expect(refresh).not.toHaveBeenCalled()
})

test('a renewal outlives its page, since its answer is the only way to the next one', async () => {
  localStorage.setItem('prost.signed-in', '1')
  refresh.mockResolvedValueOnce(aJson(200, anAnswer()))
  const tab = await aTab()

  expect(await tab.renew()).toBe('renewed')

  expect(refresh).toHaveBeenCalledExactlyOnceWith(
    '/api/auth/refresh',
    expect.objectContaining({ method: 'POST', keepalive: true }),
  )
  expect(localStorage.getItem('prost.renewal')).toBeNull()
  expect(tab.session.value).toMatchObject({ open: true, claims: { accountId: 'anna' } })
})

test.each([
  ['the answer was lost', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['the gateway gave up waiting', () => Promise.resolve(aJson(504, {}))],
])('repeats the attempt when %s, since the token may be used up', async (_reason, outcome) => {
  localStorage.setItem('prost.signed-in', '1')
  refresh.mockImplementationOnce(outcome).mockImplementation(() => Promise.resolve(aJson(200, anAnswer())))
  const tab = await aTab()

  expect(await tab.renew()).toBe('away')
  expect(await (await aTab()).renew()).toBe('renewed')
  expect(await (await aTab()).renew()).toBe('renewed')

  const [lost, repeated, next] = attempts()
  expect(lost).toMatch(/^[\w-]{16,}$/)
  expect(repeated).toBe(lost)
  expect(next).not.toBe(lost)
})

test('an attempt at a session that has ended is not carried over to the next one', async () => {
  localStorage.setItem('prost.signed-in', '1')
  refresh.mockResolvedValueOnce(aJson(401, { code: 'session-ended' }))

  expect(await (await aTab()).renew()).toBe('ended')

  expect(localStorage.getItem('prost.renewal')).toBeNull()
})

test('a session that has ended is forgotten in all tabs', async () => {
  const [one, other] = [await aTab(), await aTab()]
  one.openSession(anAnswer())
  await delivered()
  refresh.mockResolvedValueOnce(aJson(401, { code: 'session-ended' }))

  expect(await one.renew()).toBe('ended')
  await delivered()

  expect(other.session.value).toEqual({ open: false, because: 'expired' })
  expect(other.mayHaveSession()).toBe(false)
})

test.each([
  ['the network is away', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['the service is away', () => Promise.resolve(aJson(503, {}))],
  ['there were too many', () => Promise.resolve(aJson(429, {}))],
])('nobody is signed out when %s', async (_reason, answer) => {
  const tab = await aTab()
  tab.openSession(anAnswer())
  refresh.mockImplementationOnce(answer)

  expect(await tab.renew()).toBe('away')

  expect(tab.session.value.open).toBe(true)
  expect(tab.mayHaveSession()).toBe(true)
})

describe('several tabs', () => {
  test('all have the session when one of them signs in, and none when one signs out', async () => {
    const [one, other] = [await aTab(), await aTab()]

    one.openSession(anAnswer({ sub: 'bert' }))
    await delivered()
    expect(other.session.value).toMatchObject({ open: true, claims: { accountId: 'bert' } })

    one.closeSession('signed-out')
    await delivered()
    expect(other.session.value).toEqual({ open: false, because: 'signed-out' })
  })

  test('renew once between them, however many need it at the same time', async () => {
    const tabs = [await aTab(), await aTab(), await aTab()]
    tabs[0]?.openSession(anAnswer())
    await delivered()
    refresh.mockImplementation(async () => {
      await delivered()
      return aJson(200, anAnswer())
    })

    const outcomes = await Promise.all(tabs.flatMap((tab) => [tab.renew(), tab.renew()]))

    expect(outcomes).toEqual(Array(6).fill('renewed'))
    expect(refresh).toHaveBeenCalledOnce()
  })

  test('never use the cookie at the same time where the browser has no locks', async () => {
    withLocks(undefined)
    const tabs = [await aTab(), await aTab(), await aTab()]
    localStorage.setItem('prost.signed-in', '1')
    let [under_way, most] = [0, 0]
    refresh.mockImplementation(async () => {
      most = Math.max(most, (under_way += 1))
      await delivered()
      under_way -= 1
      return aJson(200, anAnswer())
    })

    await Promise.all(tabs.map((tab) => tab.renew()))

    expect(most).toBe(1)
  })
})

describe('a page that was left in the middle of a renewal', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
  afterEach(() => vi.useRealTimers())

  test('is waited for by the next one, lest the cookie be used twice', async () => {
    localStorage.setItem('prost.signed-in', '1')
    const left = await aTab()
    refresh.mockReturnValueOnce(new Promise(() => undefined))
    void left.renew()
    await vi.advanceTimersByTimeAsync(0)
    // The lock goes with its page.
    withLocks(new Locks())
    refresh.mockResolvedValueOnce(aJson(200, anAnswer()))
    const next = await aTab()

    const outcome = next.renew()
    await vi.advanceTimersByTimeAsync(2_900)
    expect(refresh).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(200)

    expect(await outcome).toBe('renewed')
    expect(refresh).toHaveBeenCalledTimes(2)
    expect(attempts()[1]).toBe(attempts()[0])
  })
})
