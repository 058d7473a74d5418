import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { fetchAccount } from '@/api/auth'
import { send } from '@/api/client'
import { closeSession, openSession } from '@/api/session'
import { anAccount } from '@/testing/accounts'
import { answerWith } from '@/testing/answers'
import { aJson, anAnswer } from '@/testing/tokens'

import { useAuthStore } from './auth'
import { useSignInStore } from './signIn'

vi.mock('@/api/auth')

const refused = { status: 401, data: { title: 'Unauthenticated', code: 'unauthenticated', status: 401 } }
const done = { status: 201, data: { id: 'one' } }

/** Somebody whose session ends while they hand something in. */
async function whoseSessionEnds() {
  const auth = useAuthStore()
  const store = useSignInStore()
  store.start()
  openSession(anAnswer())
  await auth.reload()
  const requests = answerWith(refused, done)
  const outcome = send<unknown>('POST', '/api/catalog/products/hell/reviews', { title: 'Gern wieder' }).catch(
    (error: unknown) => error,
  )
  await vi.waitUntil(() => store.wanted)
  return { store, requests, outcome }
}

beforeEach(() => {
  localStorage.clear()
  closeSession('signed-out')
  setActivePinia(createPinia())
  vi.mocked(fetchAccount).mockResolvedValue(anAccount())
  vi.stubGlobal('fetch', () => Promise.resolve(aJson(401, { code: 'session-ended' })))
})

test('what was handed in goes out again once its author has signed in', async () => {
  const { store, requests, outcome } = await whoseSessionEnds()

  openSession(anAnswer())

  expect(await outcome).toEqual({ id: 'one' })
  expect(requests[1]?.data).toBe('{"title":"Gern wieder"}')
  expect(store.wanted).toBe(false)
})

test('what was handed in never goes out in another person’s name', async () => {
  const { requests, outcome } = await whoseSessionEnds()

  openSession(anAnswer({ sub: 'bert' }))

  expect(await outcome).toMatchObject({ kind: 'signedOut' })
  expect(requests).toHaveLength(1)
})

test('who would rather not sign in gets the failure, and can try again', async () => {
  const { store, outcome } = await whoseSessionEnds()

  store.dismiss()

  expect(await outcome).toMatchObject({ kind: 'signedOut' })
  expect(store.wanted).toBe(false)
})
