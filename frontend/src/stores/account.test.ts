import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { addAddress, fetchExport, removeAddress, unlinkProvider } from '@/api/account'
import { fetchAccount } from '@/api/auth'
import { fetchCart } from '@/api/cart'
import { fetchOrders } from '@/api/orders'
import type { Order } from '@/api/orders.types'
import { anAccount, anAddress } from '@/testing/accounts'

import { useAccountStore } from './account'
import { useAuthStore } from './auth'

vi.mock('@/api/account')
vi.mock('@/api/auth')
vi.mock('@/api/cart')
vi.mock('@/api/orders')

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

test('what is taken along are the account, all orders and the cart', async () => {
  const order = (id: string) => ({ id }) as Order
  const cart = { lines: [] } as unknown as Awaited<ReturnType<typeof fetchCart>>
  vi.mocked(fetchExport).mockResolvedValueOnce(new Blob(['{"account":{"name":"Anna"}}']))
  vi.mocked(fetchCart).mockResolvedValueOnce(cart)
  vi.mocked(fetchOrders)
    .mockResolvedValueOnce({ items: [order('2'), order('1')], next_page_token: 'more' })
    .mockResolvedValueOnce({ items: [order('0')], next_page_token: null })

  const taken = await useAccountStore().fetchExport()

  expect(JSON.parse(await taken.text())).toEqual({
    account: { name: 'Anna' },
    orders: [{ id: '2' }, { id: '1' }, { id: '0' }],
    cart: { lines: [] },
  })
  expect(vi.mocked(fetchOrders).mock.calls.map(([, pageToken]) => pageToken)).toEqual([null, 'more'])
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
