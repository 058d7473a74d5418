import { createPinia, disposePinia, setActivePinia, type Pinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { fetchAccount } from '@/api/auth'
import { addToCart, changeQuantity, fetchCart, mergeCart, removeFromCart } from '@/api/cart'
import type { Cart } from '@/api/cart.types'
import { RequestFailed } from '@/api/problem'
import { closeSession, openSession } from '@/api/session'
import { anAccount } from '@/testing/accounts'
import { aCart, aCartLine } from '@/testing/buying'
import { anAnswer } from '@/testing/tokens'

import { useCartStore } from './cart'

vi.mock('@/api/auth')
vi.mock('@/api/cart')

const HINT = 'prost.cart'
const of = (quantity: number) => aCart([aCartLine({ quantity })])

let pinia: Pinia

beforeEach(() => {
  localStorage.clear()
  closeSession('signed-out')
  vi.clearAllMocks()
  setActivePinia((pinia = createPinia()))
  vi.mocked(fetchAccount).mockResolvedValue(anAccount())
})
// The carts of the tests before must not react to who signs in.
afterEach(() => disposePinia(pinia))

test('a visitor without a cart makes no request for one', async () => {
  const store = useCartStore()

  await store.load()

  expect(fetchCart).not.toHaveBeenCalled()
  expect(store.count).toBe(0)
})

test('what the last page noted is shown before the cart itself is read', () => {
  localStorage.setItem(HINT, 'guest 3')

  expect(useCartStore().count).toBe(3)
})

test('what is put in is counted, and noted for the next page', async () => {
  vi.mocked(addToCart).mockResolvedValueOnce(of(2))
  const store = useCartStore()

  expect(await store.add('hell', 2)).toBe(2)

  expect(addToCart).toHaveBeenCalledWith('hell', 2, 'optional')
  expect(store.quantities.get('hell')).toBe(2)
  expect(localStorage.getItem(HINT)).toBe('guest 2')
})

test('pressing twice while it is being put in puts it in once', async () => {
  vi.mocked(addToCart).mockResolvedValue(of(1))
  const store = useCartStore()

  await Promise.all([store.add('hell'), store.add('hell')])

  expect(addToCart).toHaveBeenCalledOnce()
})

test('of the quantities chosen while the service answers, only the last one is sent', async () => {
  let answer!: (cart: Cart) => void
  vi.mocked(changeQuantity)
    .mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
    .mockResolvedValueOnce(of(4))
  const store = useCartStore()
  store.cart = of(1)

  const first = store.setQuantity('hell', 2)
  await vi.waitUntil(() => vi.mocked(changeQuantity).mock.calls.length === 1)
  void store.setQuantity('hell', 3)
  void store.setQuantity('hell', 4)
  expect(store.quantityOf(aCartLine())).toBe(4)
  answer(of(2))
  await first

  expect(vi.mocked(changeQuantity).mock.calls.map(([, quantity]) => quantity)).toEqual([2, 4])
  expect(store.cart.count).toBe(4)
})

test('a quantity that was refused is shown as it was before', async () => {
  vi.mocked(changeQuantity).mockRejectedValueOnce(new RequestFailed('invalid', 422))
  const store = useCartStore()
  store.cart = of(1)

  await expect(store.setQuantity('hell', 50)).rejects.toThrow(RequestFailed)

  expect(store.quantityOf(aCartLine({ quantity: 1 }))).toBe(1)
})

test('what was taken out can be put back as it was', async () => {
  vi.mocked(removeFromCart).mockResolvedValueOnce(aCart([]))
  vi.mocked(addToCart).mockResolvedValueOnce(of(3))
  const store = useCartStore()
  store.cart = of(3)

  await store.remove(aCartLine({ quantity: 3 }))
  expect(store.removed?.name).toBe('Kellerkind Hell')
  expect(localStorage.getItem(HINT)).toBeNull()
  await store.undo()

  expect(addToCart).toHaveBeenCalledWith('hell', 3, 'optional')
  expect(store.removed).toBeNull()
})

test('what a guest has collected comes along when they sign in', async () => {
  localStorage.setItem(HINT, 'guest 1')
  vi.mocked(mergeCart).mockResolvedValueOnce(of(5))
  const store = useCartStore()

  openSession(anAnswer())
  await vi.waitUntil(() => store.count === 5)

  expect(localStorage.getItem(HINT)).toBe('customer 5')
  expect(fetchCart).not.toHaveBeenCalled()
})

test('a page that reads the cart while carts are merged shows what came of that', async () => {
  localStorage.setItem(HINT, 'guest 1')
  let merged: (cart: Cart) => void = () => undefined
  vi.mocked(mergeCart).mockReturnValueOnce(new Promise((done) => (merged = done)))
  vi.mocked(fetchCart).mockResolvedValueOnce(of(5))
  const store = useCartStore()
  openSession(anAnswer())
  await vi.waitUntil(() => vi.mocked(mergeCart).mock.calls.length === 1)

  const loading = store.load()
  await new Promise((done) => setTimeout(done))
  expect(fetchCart).not.toHaveBeenCalled()
  merged(of(5))
  await loading

  expect(store.count).toBe(5)
})

test('who signs out leaves an empty cart behind', async () => {
  vi.mocked(fetchCart).mockResolvedValueOnce(of(2))
  const store = useCartStore()
  openSession(anAnswer())
  await vi.waitUntil(() => store.count === 2)

  closeSession('signed-out')
  await vi.waitUntil(() => store.count === 0)

  expect(localStorage.getItem(HINT)).toBeNull()
})
