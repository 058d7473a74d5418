import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { fetchAccount } from '@/api/auth'
import { closeSession, openSession } from '@/api/session'
import { router } from '@/router'
import { anAccount } from '@/testing/accounts'
import { anAnswer } from '@/testing/tokens'

vi.mock('@/api/auth')

beforeEach(() => {
  localStorage.clear()
  closeSession('signed-out')
  setActivePinia(createPinia())
  vi.mocked(fetchAccount).mockResolvedValue(anAccount())
})
afterEach(() => closeSession('signed-out'))

test('who has to sign in first is brought to where they were going', async () => {
  await router.push('/de/account/addresses?from=mail')

  expect(router.currentRoute.value.name).toBe('login')
  expect(router.currentRoute.value.query.to).toBe('/de/account/addresses?from=mail')
})

test('who is signed in gets in', async () => {
  openSession(anAnswer())

  await router.push('/en/account/privacy')

  expect(router.currentRoute.value.name).toBe('privacy')
})

test('a customer is refused behind the bar, at the address that was asked for', async () => {
  openSession(anAnswer())

  await router.push('/de/staff/reviews?state=PUBLISHED')

  expect(router.currentRoute.value.name).toBe('forbidden')
  expect(router.currentRoute.value.fullPath).toBe('/de/staff/reviews?state=PUBLISHED')
})

test('each role behind the bar begins with its own work', async () => {
  openSession(anAnswer({ roles: ['customer', 'support'] }))
  await router.push('/de/staff')
  expect(router.currentRoute.value.name).toBe('staff-accounts')

  await router.push('/de')
  openSession(anAnswer({ roles: ['customer', 'catalog-manager'] }))
  await router.push('/de/staff')
  expect(router.currentRoute.value.name).toBe('staff-reviews')
})
