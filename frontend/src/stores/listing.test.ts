import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { fetchProducts } from '@/api/catalog'
import { RequestFailed } from '@/api/problem'
import { changeQuery, parseProductQuery } from '@/composables/productQuery'
import { aCard, aList } from '@/testing/fixtures'

import { useListingStore } from './listing'

vi.mock('@/api/catalog')
const fetched = vi.mocked(fetchProducts)

const everything = parseProductQuery({})
const beer = parseProductQuery({ category: 'bier' })

beforeEach(() => {
  setActivePinia(createPinia())
  fetched.mockReset()
})

test('the list that the address asks for is shown', async () => {
  const list = aList([aCard()])
  fetched.mockResolvedValue(list)
  const store = useListingStore()

  await store.show(everything)

  expect(store.list).toEqual(list)
  expect(store.loading).toBe(false)
})

test('a list seen a moment ago is there at once', async () => {
  fetched.mockResolvedValueOnce(aList([aCard()])).mockResolvedValueOnce(aList([]))
  const store = useListingStore()
  await store.show(everything)
  await store.show(beer)

  await store.show(everything)

  expect(store.list?.items).toHaveLength(1)
  expect(fetched).toHaveBeenCalledTimes(2)
})

test('a stale answer never replaces a newer one', async () => {
  fetched.mockImplementationOnce(
    (_query, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
      }),
  )
  fetched.mockResolvedValueOnce(aList([aCard({ name: 'Weißbier' })]))
  const store = useListingStore()

  const slow = store.show(everything)
  await store.show(beer)
  await slow

  expect(store.list?.items[0]?.name).toBe('Weißbier')
  expect(store.failure).toBeNull()
})

test('a failure is kept for the page to show, and gone at the next attempt', async () => {
  fetched.mockRejectedValueOnce(new RequestFailed('unavailable', 503)).mockResolvedValueOnce(aList([]))
  const store = useListingStore()

  await store.show(everything)
  expect(store.failure).toBeInstanceOf(RequestFailed)
  await store.show(everything)

  expect(store.failure).toBeNull()
})

test('the way back to the page before is known to who came from there', async () => {
  fetched.mockResolvedValue(aList([aCard()], { next_page_token: 'second' }))
  const store = useListingStore()
  const second = changeQuery(everything, { pageToken: 'second', page: 2 })

  await store.show(everything)

  expect(store.previous(second)).toEqual(everything)
  expect(store.previous(changeQuery(everything, { pageToken: 'from a link', page: 2 }))).toBeNull()
})

test('names of filter values are remembered beyond the list that told them', async () => {
  fetched.mockResolvedValue(aList([]))
  const store = useListingStore()

  await store.show(everything)

  expect(store.labelOf('category', 'bier')).toEqual({ de: 'Bier', en: 'Beer' })
  expect(store.labelOf('category', 'unheard')).toBeUndefined()
})
