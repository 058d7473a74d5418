import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { fetchProduct, fetchRelated, fetchReviews } from '@/api/catalog'
import type { Review, ReviewList } from '@/api/catalog.types'
import { RequestFailed } from '@/api/problem'
import { aCard, aProduct } from '@/testing/fixtures'

import { useProductStore } from './product'

vi.mock('@/api/catalog')

const aReview = (id: string): Review => ({
  id,
  rating: 5,
  title: 'Gern wieder',
  body: '',
  author: null,
  created_at: '2026-01-01T00:00:00.000Z',
})

const aPage = (items: Review[], next_page_token: string | null): ReviewList => ({
  items,
  next_page_token,
  total: 2,
  summary: { average: '5.0', count: 2, histogram: { '5': 2 } },
})

beforeEach(() => {
  setActivePinia(createPinia())
  vi.mocked(fetchProduct).mockResolvedValue(aProduct())
  vi.mocked(fetchRelated).mockResolvedValue([aCard({ id: 'other' })])
  vi.mocked(fetchReviews).mockResolvedValue(aPage([aReview('one')], 'next'))
})

test('a product comes with its reviews and its neighbours', async () => {
  const store = useProductStore()

  await store.load('kellerkind-hell')
  await vi.waitUntil(() => store.related.length > 0)

  expect(store.product?.name).toBe('Kellerkind Hell')
  expect(store.reviews?.items).toHaveLength(1)
})

test('reviews that cannot be loaded do no harm to the page', async () => {
  vi.mocked(fetchReviews).mockRejectedValue(new RequestFailed('unavailable', 503))
  const store = useProductStore()

  await store.load('kellerkind-hell')
  await vi.waitUntil(() => store.related.length > 0)

  expect(store.failure).toBeNull()
  expect(store.reviews).toBeNull()
  expect(store.reviewsFailed).toBe(true)
})

test('more reviews are added to those that are there', async () => {
  const store = useProductStore()
  await store.load('kellerkind-hell')
  await vi.waitUntil(() => store.reviews !== null)
  vi.mocked(fetchReviews).mockResolvedValue(aPage([aReview('two')], null))

  await store.moreReviews()

  expect(store.reviews?.items.map((review) => review.id)).toEqual(['one', 'two'])
  expect(store.reviews?.next_page_token).toBeNull()
})

test('a product that does not exist is a failure of its own', async () => {
  vi.mocked(fetchProduct).mockRejectedValue(new RequestFailed('notFound', 404))
  const store = useProductStore()

  await store.load('no-such')

  expect(store.failure).toMatchObject({ kind: 'notFound' })
})
