import { createPinia, disposePinia, setActivePinia, type Pinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { fetchAccount } from '@/api/auth'
import { fetchCart } from '@/api/cart'
import { cancelOrder, fetchInvoice, fetchOrder, orderPath, withdrawOrder } from '@/api/orders'
import type { Receipt } from '@/api/orders.types'
import { RequestFailed } from '@/api/problem'
import { closeSession, openSession } from '@/api/session'
import { follow } from '@/api/stream'
import { anAccount } from '@/testing/accounts'
import { aCart, aCartLine, anOrder } from '@/testing/buying'
import { anAnswer } from '@/testing/tokens'

import { useCartStore } from './cart'
import { useOrderStore } from './order'

vi.mock('@/api/auth')
vi.mock('@/api/cart')
vi.mock('@/api/orders')
vi.mock('@/api/stream')

const fetched = vi.mocked(fetchOrder)
const followed = vi.mocked(follow)
const money = (amount: string) => ({ amount, currency: 'EUR' })
const RECEIVED: Receipt = {
  return_id: 'back',
  order_id: 'order',
  order_number: 'P-1',
  received_at: '2026-11-02T08:15:00.000Z',
  lines: [
    {
      variant_id: 'hell',
      sku: 'HELL-050',
      quantity: 1,
      line_total: money('1.29'),
      line_deposit: money('0.08'),
      discount: money('0.00'),
    },
  ],
  shipping: money('0.00'),
  refund: money('1.37'),
  reason: null,
}

let pinia: Pinia

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  closeSession('signed-out')
  vi.resetAllMocks()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  // A stream that tells nothing and does not end.
  followed.mockReturnValue(new Promise(() => undefined))
  vi.mocked(orderPath).mockImplementation((id, _key, part) => `${id}${part ?? ''}`)
  vi.mocked(fetchAccount).mockResolvedValue(anAccount())
  setActivePinia((pinia = createPinia()))
})
afterEach(() => {
  useOrderStore().leave()
  disposePinia(pinia)
  vi.useRealTimers()
})

test('an order is shown by the key in its address, which is kept for the next visit', async () => {
  fetched.mockResolvedValue(anOrder())
  const store = useOrderStore()

  await store.show('order', 'secret')
  await store.show('order')

  expect(store.order?.number).toBe('P-1')
  expect(fetched.mock.calls).toEqual([
    ['order', 'secret', 'optional'],
    ['order', 'secret', 'optional'],
  ])
})

test('the key of an order that was placed just now opens its page', async () => {
  fetched.mockResolvedValueOnce(anOrder())
  const store = useOrderStore()

  store.take(anOrder({ guest_key: 'secret' }))
  await store.show('order')

  expect(fetched).toHaveBeenCalledWith('order', 'secret', 'optional')
})

test('whoever is signed in asks in their own name', async () => {
  openSession(anAnswer())
  fetched.mockResolvedValueOnce(anOrder())

  await useOrderStore().show('order')

  expect(fetched).toHaveBeenCalledWith('order', null, 'customer')
})

test('nothing of one order is shown at the address of another', async () => {
  fetched.mockResolvedValueOnce(anOrder()).mockRejectedValueOnce(new RequestFailed('notFound', 404))
  const store = useOrderStore()
  await store.show('order')

  await store.show('another')

  expect(store.order).toBeNull()
  expect(store.failure).toMatchObject({ kind: 'notFound' })
})

test('an answer for an order that was left is dropped', async () => {
  let answer: (order: ReturnType<typeof anOrder>) => void = () => undefined
  fetched.mockReturnValueOnce(new Promise((done) => (answer = done)))
  const store = useOrderStore()

  const showing = store.show('order')
  await vi.waitUntil(() => fetched.mock.calls.length === 1)
  store.leave()
  answer(anOrder())
  await showing

  expect(store.order).toBeNull()
  expect(followed).not.toHaveBeenCalled()
})

test('each event of an order has it read again, until it is decided', async () => {
  fetched
    .mockResolvedValueOnce(anOrder({ state: 'PLACED' }))
    .mockResolvedValueOnce(anOrder({ state: 'RESERVED' }))
    .mockResolvedValue(anOrder({ state: 'CONFIRMED' }))
  let tell: () => void = () => undefined
  let end: () => void = () => undefined
  followed.mockImplementationOnce((_path, onData) => {
    tell = () => onData('')
    return new Promise((done) => (end = done))
  })
  const store = useOrderStore()
  await store.show('order')

  tell()
  await vi.waitUntil(() => store.order?.state === 'RESERVED')
  tell()
  await vi.waitUntil(() => store.order?.state === 'CONFIRMED')
  end()
  await vi.runAllTimersAsync()

  expect(followed).toHaveBeenCalledOnce()
})

test('where there are no events, the order is asked for from time to time', async () => {
  followed.mockRejectedValue(new Error('No events: 404.'))
  fetched
    .mockResolvedValueOnce(anOrder({ state: 'PLACED' }))
    .mockRejectedValueOnce(new RequestFailed('offline'))
    .mockResolvedValueOnce(anOrder({ state: 'CONFIRMED' }))
  const store = useOrderStore()

  await store.show('order')
  await vi.runAllTimersAsync()

  expect(store.order?.state).toBe('CONFIRMED')
  expect(fetched).toHaveBeenCalledTimes(3)
})

test('an order that is decided is followed no more', async () => {
  fetched.mockResolvedValueOnce(anOrder({ state: 'CANCELLED' }))

  await useOrderStore().show('order')
  await vi.runAllTimersAsync()

  expect(followed).not.toHaveBeenCalled()
})

test('what was ordered just now is read out of the cart, as soon as it is gone from there', async () => {
  const line = aCartLine()
  localStorage.setItem('prost.cart', 'guest 1')
  vi.mocked(fetchCart)
    .mockResolvedValueOnce(aCart([line]))
    .mockResolvedValueOnce(aCart([]))
  const cart = useCartStore()
  const placed = anOrder({ confirmed_at: new Date().toISOString(), lines: [line] })

  useOrderStore().take(placed)
  await vi.runAllTimersAsync()

  expect(fetchCart).toHaveBeenCalledTimes(2)
  expect(cart.count).toBe(0)
})

test('an order of yesterday leaves the cart of today alone', async () => {
  localStorage.setItem('prost.cart', 'guest 1')
  fetched.mockResolvedValueOnce(anOrder({ confirmed_at: '2026-01-01T12:00:00.000Z' }))

  await useOrderStore().show('order')
  await vi.runAllTimersAsync()

  expect(fetchCart).not.toHaveBeenCalled()
})

test('a cancelled order is shown as it is then; one that was refused stays as it was', async () => {
  fetched.mockResolvedValue(anOrder())
  vi.mocked(cancelOrder)
    .mockRejectedValueOnce(new RequestFailed('conflict', 409))
    .mockResolvedValueOnce(anOrder({ state: 'CANCELLED' }))
  const store = useOrderStore()
  await store.show('order', 'secret')

  await expect(store.cancel()).rejects.toMatchObject({ kind: 'conflict' })
  expect(store.order?.state).toBe('CONFIRMED')
  await store.cancel()

  expect(store.order?.state).toBe('CANCELLED')
  expect(cancelOrder).toHaveBeenLastCalledWith('order', 'secret', 'optional')
})

test('a withdrawal answers its receipt, also when the order cannot be read afterwards', async () => {
  const withdrawal = { declaration: 'key', lines: [{ variant_id: 'hell', quantity: 1 }], reason: null }
  fetched.mockResolvedValueOnce(anOrder()).mockRejectedValueOnce(new RequestFailed('offline'))
  vi.mocked(withdrawOrder).mockResolvedValueOnce(RECEIVED)
  const store = useOrderStore()
  await store.show('order', 'secret')

  expect(await store.withdraw(withdrawal)).toEqual(RECEIVED)

  expect(withdrawOrder).toHaveBeenCalledWith('order', 'secret', withdrawal, 'optional')
})

test('a guest’s invoice is fetched by their key', async () => {
  const file = new Blob(['%PDF-'])
  fetched.mockResolvedValueOnce(anOrder())
  vi.mocked(fetchInvoice).mockResolvedValueOnce(file)
  const store = useOrderStore()
  await store.show('order', 'secret')

  expect(await store.invoice('order')).toBe(file)

  expect(fetchInvoice).toHaveBeenCalledWith('order', 'secret', 'optional')
})
