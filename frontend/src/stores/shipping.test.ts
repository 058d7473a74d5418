import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { fetchShippingMethods } from '@/api/orders'
import type { ShippingMethod } from '@/api/orders.types'
import { RequestFailed } from '@/api/problem'

import { useShippingStore } from './shipping'

vi.mock('@/api/orders')

const money = (amount: string) => ({ amount, currency: 'EUR' })
const EXPRESS: ShippingMethod = { method: 'express', price: money('9.90'), free_from: null }
const STANDARD: ShippingMethod = { method: 'standard', price: money('4.90'), free_from: money('59.00') }

const fetched = vi.mocked(fetchShippingMethods)

beforeEach(() => {
  setActivePinia(createPinia())
  fetched.mockReset()
})

test('the methods are read once, however many pages ask for them', async () => {
  fetched.mockResolvedValue([STANDARD, EXPRESS])
  const store = useShippingStore()

  await store.load()
  await store.load()

  expect(store.methods).toEqual([STANDARD, EXPRESS])
  expect(fetched).toHaveBeenCalledOnce()
})

test('shipping is free from what the method says that has such a bound', async () => {
  fetched.mockResolvedValueOnce([EXPRESS, STANDARD])
  const store = useShippingStore()

  await store.load()

  expect(store.freeFrom).toEqual(money('59.00'))
})

test('where no method has one, shipping is never free', async () => {
  fetched.mockResolvedValueOnce([EXPRESS])
  const store = useShippingStore()

  await store.load()

  expect(store.freeFrom).toBeNull()
})

test('methods that could not be read are read at the next attempt', async () => {
  fetched.mockRejectedValueOnce(new RequestFailed('unavailable', 503)).mockResolvedValueOnce([STANDARD])
  const store = useShippingStore()

  await store.load()
  expect(store.failure).toBeInstanceOf(RequestFailed)
  expect(store.methods).toBeNull()
  await store.load()

  expect(store.failure).toBeNull()
  expect(store.methods).toEqual([STANDARD])
})
