import { createPinia, disposePinia, setActivePinia, type Pinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { fetchAccount } from '@/api/auth'
import { fetchOrders } from '@/api/orders'
import type { OrderList } from '@/api/orders.types'
import { RequestFailed } from '@/api/problem'
import { closeSession, openSession } from '@/api/session'
import { anAccount } from '@/testing/accounts'
import { anOrder } from '@/testing/buying'
import { anAnswer } from '@/testing/tokens'

import { useOrderHistoryStore } from './orderHistory'

vi.mock('@/api/auth')
vi.mock('@/api/orders')

const fetched = vi.mocked(fetchOrders)
const page = (ids: string[], next: string | null = null): OrderList => ({
  items: ids.map((id) => anOrder({ id })),
  next_page_token: next,
})

let pinia: Pinia

beforeEach(() => {
  localStorage.clear()
  fetched.mockReset()
  vi.mocked(fetchAccount).mockResolvedValue(anAccount())
  openSession(anAnswer())
  setActivePinia((pinia = createPinia()))
})
afterEach(() => {
  disposePinia(pinia)
  closeSession('signed-out')
})

const ids = (store: ReturnType<typeof useOrderHistoryStore>) => store.items?.map(({ id }) => id)

test('the orders of whoever is signed in are read page by page', async () => {
  fetched.mockResolvedValueOnce(page(['new', 'newer'], 'second')).mockResolvedValueOnce(page(['old']))
  const store = useOrderHistoryStore()

  await store.load()
  expect(ids(store)).toEqual(['new', 'newer'])
  await store.more()

  expect(ids(store)).toEqual(['new', 'newer', 'old'])
  expect(store.next).toBeNull()
  expect(fetched.mock.calls).toEqual([
    ['anna', null],
    ['anna', 'second'],
  ])
})

test('after the last page there is nothing more to ask for', async () => {
  fetched.mockResolvedValueOnce(page(['only']))
  const store = useOrderHistoryStore()
  await store.load()

  await store.more()

  expect(fetched).toHaveBeenCalledOnce()
})

test('pressing twice appends a page once', async () => {
  fetched.mockResolvedValueOnce(page(['new'], 'second')).mockResolvedValueOnce(page(['old']))
  const store = useOrderHistoryStore()
  await store.load()

  await Promise.all([store.more(), store.more()])

  expect(ids(store)).toEqual(['new', 'old'])
})

test('a page that could not be read leaves the ones before, and can be asked for again', async () => {
  fetched
    .mockResolvedValueOnce(page(['new'], 'second'))
    .mockRejectedValueOnce(new RequestFailed('unavailable', 503))
    .mockResolvedValueOnce(page(['old']))
  const store = useOrderHistoryStore()
  await store.load()

  await store.more()
  expect(store.failure).toBeInstanceOf(RequestFailed)
  expect(ids(store)).toEqual(['new'])
  await store.more()

  expect(store.failure).toBeNull()
  expect(ids(store)).toEqual(['new', 'old'])
})

test('who signs in next sees nothing of whoever was there before, not even of an answer that comes late', async () => {
  let answer: (list: OrderList) => void = () => undefined
  fetched.mockResolvedValueOnce(page(['new'])).mockReturnValueOnce(new Promise((done) => (answer = done)))
  const store = useOrderHistoryStore()
  await store.load()
  const late = store.load()

  openSession(anAnswer({ sub: 'bert' }))
  await vi.waitUntil(() => store.items === null)
  answer(page(['late']))
  await late

  expect(store.items).toBeNull()
})
