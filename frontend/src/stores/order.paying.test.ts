import { createPinia, disposePinia, setActivePinia, type Pinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { fetchOrder, orderPath, payOrder } from '@/api/orders'
import { RequestFailed } from '@/api/problem'
import { closeSession } from '@/api/session'
import { follow } from '@/api/stream'
import { anOrder, anUnpaidOrder } from '@/testing/buying'

import { useOrderStore } from './order'

vi.mock('@/api/auth')
vi.mock('@/api/cart')
vi.mock('@/api/orders')
vi.mock('@/api/stream')

const fetched = vi.mocked(fetchOrder)
const paid = vi.mocked(payOrder)
const attempts = () => paid.mock.calls.map(([, , , attempt]) => attempt)

let pinia: Pinia

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  closeSession('signed-out')
  vi.resetAllMocks()
  vi.mocked(follow).mockReturnValue(new Promise(() => undefined))
  vi.mocked(orderPath).mockImplementation((id, _key, part) => `${id}${part ?? ''}`)
  setActivePinia((pinia = createPinia()))
})
afterEach(() => {
  useOrderStore().leave()
  disposePinia(pinia)
})

async function anUnpaidStore() {
  fetched.mockResolvedValueOnce(anUnpaidOrder())
  const store = useOrderStore()
  await store.show('order', 'secret')
  return store
}

test('an order is paid again with its key, and shown as it is then', async () => {
  paid.mockResolvedValueOnce(anOrder())
  const store = await anUnpaidStore()

  await store.pay('pm_card_visa')

  expect(store.order?.state).toBe('CONFIRMED')
  expect(paid).toHaveBeenCalledWith(
    'order',
    'secret',
    { payment_method: 'pm_card_visa' },
    expect.stringMatching(/^[\da-f-]{36}$/),
    'optional',
  )
  expect(follow).not.toHaveBeenCalled()
})

test('a payment that is under way is followed', async () => {
  paid.mockResolvedValueOnce(anUnpaidOrder({ state: 'RESERVED' }))
  const store = await anUnpaidStore()

  await store.pay('pm_card_visa')

  expect(follow).toHaveBeenCalledWith('order/events', expect.any(Function), expect.any(AbortSignal))
})

test('a payment without an answer is asked for again as the same attempt', async () => {
  paid.mockRejectedValueOnce(new RequestFailed('offline')).mockResolvedValueOnce(anOrder())
  const store = await anUnpaidStore()

  await expect(store.pay('pm_card_visa')).rejects.toMatchObject({ kind: 'offline' })
  await store.pay('pm_card_visa')

  expect(attempts()[0]).toBe(attempts()[1])
})

test('another card, and the same one after an answer, are other attempts', async () => {
  paid
    .mockRejectedValueOnce(new RequestFailed('offline'))
    .mockResolvedValueOnce(anUnpaidOrder())
    .mockResolvedValueOnce(anUnpaidOrder())
  const store = await anUnpaidStore()

  await expect(store.pay('pm_card_visa')).rejects.toMatchObject({ kind: 'offline' })
  await store.pay('pm_card_mastercard')
  await store.pay('pm_card_mastercard')

  expect(new Set(attempts()).size).toBe(3)
})

test('an order that went on without this attempt tells itself what it came to', async () => {
  paid.mockRejectedValueOnce(new RequestFailed('conflict', 409))
  const store = await anUnpaidStore()
  fetched.mockResolvedValueOnce(anOrder({ state: 'EXPIRED' }))

  await store.pay('pm_card_visa')

  expect(store.order?.state).toBe('EXPIRED')
})
