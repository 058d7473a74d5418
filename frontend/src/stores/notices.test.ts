import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { useNoticesStore } from './notices'

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
})
afterEach(() => vi.useRealTimers())

test('a notice goes away by itself', () => {
  const store = useNoticesStore()

  store.add('Es besteht keine Verbindung zum Netz.')
  vi.advanceTimersByTime(8_000)

  expect(store.notices).toEqual([])
})

test('the same notice is not shown twice at once', () => {
  const store = useNoticesStore()

  store.add('Es besteht keine Verbindung zum Netz.')
  store.add('Es besteht keine Verbindung zum Netz.')

  expect(store.notices).toHaveLength(1)
})
