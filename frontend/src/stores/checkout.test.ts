import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { fetchQuote, placeOrder } from '@/api/orders'
import { RequestFailed } from '@/api/problem'
import { closeSession } from '@/api/session'
import { aDraft, anOrder, anUnpaidOrder, aQuote } from '@/testing/buying'

import { useCheckoutStore } from './checkout'

vi.mock('@/api/auth')
vi.mock('@/api/cart')
vi.mock('@/api/orders')

const placed = vi.mocked(placeOrder)
const keys = () => placed.mock.calls.map(([, key]) => key)
const problem = (code: string, status: number, kind: 'invalid' | 'conflict', errors: object[] = []) =>
  new RequestFailed(kind, status, { type: 'about:blank', title: code, status, code, errors } as never)

async function anOpenCheckout() {
  setActivePinia(createPinia())
  const store = useCheckoutStore()
  await store.open()
  return store
}

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  closeSession('signed-out')
  placed.mockReset()
})

test('what was entered is there again after the page was reloaded', async () => {
  const before = await anOpenCheckout()
  before.draft = aDraft({ voucher: 'HOPFEN' })

  const after = await anOpenCheckout()

  expect(after.draft).toEqual(aDraft({ voucher: 'HOPFEN' }))
})

test('an order that got no answer is sent again under the same key, also after a reload', async () => {
  placed.mockRejectedValueOnce(new RequestFailed('timeout')).mockResolvedValueOnce(anOrder())
  const before = await anOpenCheckout()
  before.draft = aDraft()
  await expect(before.order()).rejects.toThrow(RequestFailed)

  const after = await anOpenCheckout()
  after.draft.payment = 'pm_card_mastercard'
  await after.order()

  expect(keys()).toHaveLength(2)
  expect(keys()[0]).toBe(keys()[1])
  expect(placed.mock.calls[1]?.[0]).toEqual(placed.mock.calls[0]?.[0])
})

test('pressing twice orders once', async () => {
  placed.mockResolvedValue(anOrder())
  const store = await anOpenCheckout()
  store.draft = aDraft()

  const first = store.order()
  await expect(store.order()).rejects.toMatchObject({ kind: 'conflict' })
  await first

  expect(placed).toHaveBeenCalledOnce()
})

test('after a refusal another try is another order', async () => {
  placed
    .mockResolvedValueOnce(anOrder({ id: 'one', state: 'REJECTED' }))
    .mockResolvedValueOnce(anOrder({ id: 'two' }))
  const store = await anOpenCheckout()
  store.draft = aDraft()

  expect(await store.order()).toMatchObject({ kind: 'refused' })
  expect(store.refused?.state).toBe('REJECTED')
  expect(await store.order()).toMatchObject({ kind: 'placed' })

  expect(keys()[0]).not.toBe(keys()[1])
})

test('an order whose payment has failed is placed: it is paid on its own page', async () => {
  placed.mockResolvedValueOnce(anUnpaidOrder({ guest_key: 'secret' }))
  const store = await anOpenCheckout()
  store.draft = aDraft()

  expect(await store.order()).toMatchObject({ kind: 'placed', order: { id: 'order' } })

  expect(store.refused).toBeNull()
  expect(store.draft.address.street).toBe('Hopfenweg 1')
})

test('what the service finds wrong is kept by field, and the key is not used again', async () => {
  placed.mockRejectedValueOnce(
    problem('invalid', 422, 'invalid', [
      { field: 'body.shipping_address.postal_code', message: '', code: 'string-pattern-mismatch' },
    ]),
  )
  const store = await anOpenCheckout()
  store.draft = aDraft()

  await expect(store.order()).rejects.toThrow(RequestFailed)

  expect(store.faults.get('postal_code')).toBe('string-pattern-mismatch')
  expect(store.draft.attempt).toBeNull()
})

test('a guest’s key is kept for the order’s page, and what was entered is forgotten once it is confirmed', async () => {
  placed.mockResolvedValueOnce(anOrder({ guest_key: 'secret' }))
  const store = await anOpenCheckout()
  store.draft = aDraft()
  await store.order()
  expect(sessionStorage.getItem('prost.order.order')).toBe('secret')

  store.finish('another')
  expect(store.draft.email).toBe('gast@prost.test')
  store.finish('order')

  expect(store.draft.email).toBe('')
  expect(sessionStorage.getItem('prost.checkout')).toBeNull()
})

test('a voucher that is not good changes nothing', async () => {
  vi.mocked(fetchQuote)
    .mockResolvedValueOnce(aQuote())
    .mockRejectedValueOnce(problem('voucher-refused', 422, 'invalid'))
  const store = await anOpenCheckout()
  await store.askPrice()

  await expect(store.redeem('FALSCH')).rejects.toMatchObject({ code: 'voucher-refused' })

  expect(store.draft.voucher).toBe('')
  expect(store.quote?.total.amount).toBe('6.27')
})
