import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { addAddress, removeAddress, unlinkProvider } from '@/api/account'
import { fetchAccount } from '@/api/auth'
import { anAccount, anAddress } from '@/testing/accounts'

import { useAccountStore } from './account'
import { useAuthStore } from './auth'

vi.mock('@/api/account')
vi.mock('@/api/auth')

const home = anAddress({ id: 'home', is_default: true })
const work = anAddress({ id: 'work', is_default: true })

beforeEach(() => {
  setActivePinia(createPinia())
  useAuthStore().account = anAccount({ addresses: [home] })
})

test('there is one default address at a time', async () => {
  vi.mocked(addAddress).mockResolvedValueOnce(work)
  const store = useAccountStore()

  await store.saveAddress(null, work)

  expect(useAuthStore().account?.addresses).toEqual([{ ...home, is_default: false }, work])
})

test('a deleted address is gone at once, and the service says which one is the default now', async () => {
  useAuthStore().account = anAccount({ addresses: [home, { ...work, is_default: false }] })
  vi.mocked(removeAddress).mockResolvedValueOnce()
  vi.mocked(fetchAccount).mockResolvedValueOnce(anAccount({ addresses: [work] }))
  const store = useAccountStore()

  await store.removeAddress('home')
  expect(useAuthStore().account?.addresses.map(({ id }) => id)).toEqual(['work'])

  await vi.waitUntil(() => useAuthStore().account?.addresses[0]?.is_default)
})

test('a provider is gone only once the service has let it go', async () => {
  const external = [
    { provider: 'google', email: 'anna@prost.test' },
    { provider: 'apple', email: 'anna@prost.test' },
  ]
  useAuthStore().account = anAccount({ external })
  vi.mocked(unlinkProvider).mockRejectedValueOnce(new Error('the last way in')).mockResolvedValueOnce()
  const store = useAccountStore()

  await expect(store.unlinkProvider('google')).rejects.toThrow('the last way in')
  expect(useAuthStore().account?.external).toEqual(external)
  await store.unlinkProvider('google')

  expect(useAuthStore().account?.external).toEqual([external[1]])
})
