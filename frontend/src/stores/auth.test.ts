import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { fetchAccount, logIn, logOut } from '@/api/auth'
import { RequestFailed } from '@/api/problem'
import { closeSession, openSession } from '@/api/session'
import { anAccount } from '@/testing/accounts'
import { aJson, anAnswer } from '@/testing/tokens'

import { useAuthStore } from './auth'

vi.mock('@/api/auth')

const refresh = vi.fn<typeof fetch>()

beforeEach(() => {
  localStorage.clear()
  closeSession('signed-out')
  setActivePinia(createPinia())
  vi.stubGlobal('fetch', refresh.mockReset())
  vi.mocked(fetchAccount).mockReset().mockResolvedValue(anAccount())
})
afterEach(() => closeSession('signed-out'))

test('a visitor who never signed in is known to be out without a question', async () => {
  const store = useAuthStore()

  await store.ready()

  expect(store.state).toBe('out')
  expect(refresh).not.toHaveBeenCalled()
})

test('who signed in before is taken up again, account and all', async () => {
  localStorage.setItem('prost.signed-in', '1')
  refresh.mockResolvedValueOnce(aJson(200, anAnswer()))
  const store = useAuthStore()
  expect(store.state).toBe('restoring')

  await store.ready()
  await vi.waitUntil(() => store.account !== null)

  expect(store.state).toBe('in')
  expect(store.account?.name).toBe('Anna Anders')
})

test('a session that is over leaves nobody signed in, and is not asked about again', async () => {
  localStorage.setItem('prost.signed-in', '1')
  refresh.mockResolvedValueOnce(aJson(401, { code: 'session-ended' }))
  const store = useAuthStore()

  await store.ready()

  expect(store.state).toBe('out')
  expect(localStorage.getItem('prost.signed-in')).toBeNull()
})

test('while the service is away it stays open who is here', async () => {
  localStorage.setItem('prost.signed-in', '1')
  refresh.mockResolvedValueOnce(aJson(503, {}))
  const store = useAuthStore()

  await store.ready()

  expect(store.state).toBe('restoring')
})

test('signing in makes the account known', async () => {
  vi.mocked(logIn).mockResolvedValueOnce(anAnswer())
  const store = useAuthStore()

  await store.signIn({ email: 'anna@prost.test', password: 'vier alte Krüge Most' })
  await vi.waitUntil(() => store.account !== null)

  expect(store.state).toBe('in')
})

test('a refused sign-in changes nothing', async () => {
  vi.mocked(logIn).mockRejectedValueOnce(new RequestFailed('signedOut', 401))
  const store = useAuthStore()

  await expect(store.signIn({ email: 'anna@prost.test', password: 'falsch' })).rejects.toThrow()

  expect(store.state).toBe('out')
})

test('signing out leaves nothing of the account', async () => {
  openSession(anAnswer())
  vi.mocked(logOut).mockResolvedValueOnce()
  const store = useAuthStore()
  await store.reload()

  await store.signOut()

  expect(store.state).toBe('out')
  expect(store.account).toBeNull()
})

test('who could not be signed out is not shown as if they were', async () => {
  openSession(anAnswer())
  vi.mocked(logOut).mockRejectedValueOnce(new RequestFailed('offline'))
  const store = useAuthStore()

  await expect(store.signOut()).rejects.toThrow()

  expect(store.state).toBe('in')
})

test('a session that lapses leaves what its owner was doing where it is', async () => {
  openSession(anAnswer())
  const store = useAuthStore()
  await store.reload()

  closeSession('expired')

  expect(store.state).toBe('lapsed')
  expect(store.accountId).toBe('anna')
})

test('another person’s account is not shown with the one before', async () => {
  openSession(anAnswer())
  const store = useAuthStore()
  await store.reload()
  vi.mocked(fetchAccount).mockResolvedValue(anAccount({ id: 'bert', name: 'Bert Brauer' }))

  openSession(anAnswer({ sub: 'bert' }))
  expect(store.account).toBeNull()
  await vi.waitUntil(() => store.account !== null)

  expect(store.account?.name).toBe('Bert Brauer')
})

test('an address confirmed elsewhere brings a token that says so', async () => {
  openSession(anAnswer({ email_verified: false }))
  vi.mocked(fetchAccount).mockResolvedValue(anAccount({ email_verified: true }))
  refresh.mockResolvedValueOnce(aJson(200, anAnswer()))
  const store = useAuthStore()

  await store.reload()

  expect(refresh).toHaveBeenCalledOnce()
})

describe('staff', () => {
  test('may use the roles of the token', () => {
    openSession(anAnswer({ roles: ['customer', 'catalog-manager'], amr: ['pwd', 'otp'] }))
    const store = useAuthStore()

    expect(store.may(['catalog-manager', 'admin'])).toBe(true)
    expect(store.may(['admin'])).toBe(false)
  })

  test('without a second factor may use none, and is told why', async () => {
    openSession(anAnswer())
    vi.mocked(fetchAccount).mockResolvedValue(anAccount({ roles: ['customer', 'admin'] }))
    const store = useAuthStore()

    await store.reload()

    expect(store.may(['admin'])).toBe(false)
    expect(store.needsSecondFactor).toBe(true)
  })
})

describe('the token', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
  afterEach(() => vi.useRealTimers())

  test('is renewed a minute before its end', async () => {
    const store = useAuthStore()
    openSession(anAnswer({}, 600))
    refresh.mockResolvedValueOnce(aJson(200, anAnswer()))
    expect(store.state).toBe('in')

    await vi.advanceTimersByTimeAsync(539_000)
    expect(refresh).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(2_000)

    expect(refresh).toHaveBeenCalledOnce()
  })

  test('that cannot be renewed now is tried again a little later', async () => {
    const store = useAuthStore()
    openSession(anAnswer({}, 600))
    refresh.mockRejectedValueOnce(new TypeError('Failed to fetch'))
    refresh.mockResolvedValueOnce(aJson(200, anAnswer()))

    await vi.advanceTimersByTimeAsync(541_000)
    expect(store.state).toBe('in')
    await vi.advanceTimersByTimeAsync(16_000)

    expect(refresh).toHaveBeenCalledTimes(2)
  })
})
