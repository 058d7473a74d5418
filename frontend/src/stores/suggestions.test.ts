import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { fetchSuggestions } from '@/api/catalog'

import { useSuggestionsStore } from './suggestions'

vi.mock('@/api/catalog')
const fetched = vi.mocked(fetchSuggestions)

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  fetched
    .mockReset()
    .mockResolvedValue([{ kind: 'category', slug: 'bier', label: { de: 'Bier', en: 'Beer' }, image: null }])
})
afterEach(() => vi.useRealTimers())

test('only the last of quick keystrokes is asked for', async () => {
  const store = useSuggestionsStore()

  store.suggest('bi')
  store.suggest('bie')
  await vi.runAllTimersAsync()

  expect(fetched).toHaveBeenCalledOnce()
  expect(fetched.mock.calls[0]?.[0]).toBe('bie')
  expect(store.suggestions).toHaveLength(1)
})

test('one letter asks for nothing and clears what was there', async () => {
  const store = useSuggestionsStore()
  store.suggest('bier')
  await vi.runAllTimersAsync()

  store.suggest('b')

  expect(store.suggestions).toEqual([])
})

test('a failure means no proposals, and nothing else', async () => {
  fetched.mockRejectedValue(new Error('503'))
  const store = useSuggestionsStore()

  store.suggest('bier')
  await vi.runAllTimersAsync()

  expect(store.suggestions).toEqual([])
})
