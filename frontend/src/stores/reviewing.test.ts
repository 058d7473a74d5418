import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { submitReview } from '@/api/catalog'
import type { OwnReview, Problem } from '@/api/catalog.types'
import { RequestFailed } from '@/api/problem'

import { useReviewingStore } from './reviewing'

vi.mock('@/api/catalog')

const said = { rating: 5, title: 'Gern wieder', body: '', author: null }
const problem: Problem = {
  type: 'about:blank',
  title: 'Already reviewed',
  status: 409,
  code: 'already-reviewed',
}

beforeEach(() => setActivePinia(createPinia()))

test('a review that was handed in is shown as waiting', async () => {
  const own: OwnReview = { ...said, id: 'one', created_at: '2026-01-01T00:00:00.000Z', state: 'PENDING' }
  vi.mocked(submitReview).mockResolvedValueOnce(own)
  const store = useReviewingStore()

  await store.submit('hell', said)

  expect(store.said.get('hell')).toEqual(own)
})

test('who has reviewed the product before is told so instead of an error', async () => {
  vi.mocked(submitReview).mockRejectedValueOnce(new RequestFailed('conflict', 409, problem))
  const store = useReviewingStore()

  await store.submit('hell', said)

  expect(store.said.get('hell')).toBeNull()
})

test('any other failure is the form’s to show', async () => {
  vi.mocked(submitReview).mockRejectedValueOnce(new RequestFailed('unavailable', 503))
  const store = useReviewingStore()

  await expect(store.submit('hell', said)).rejects.toMatchObject({ kind: 'unavailable' })
})
