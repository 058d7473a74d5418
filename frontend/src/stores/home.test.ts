import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { fetchProducts } from '@/api/catalog'
import { aCard, aList } from '@/testing/fixtures'

import { useHomeStore } from './home'

vi.mock('@/api/catalog')
const fetched = vi.mocked(fetchProducts)

const image = { alt: { de: 'Hell', en: 'Hell' }, color: '#aabbcc', sources: [] }

beforeEach(() => setActivePinia(createPinia()))

test('featured products come before others, and available ones before those that are gone', async () => {
  const items = [
    aCard({ id: 'plain' }),
    aCard({ id: 'gone', featured: true, available: false }),
    aCard({ id: 'featured', featured: true }),
  ]
  fetched.mockResolvedValue(aList(items))
  const store = useHomeStore()

  await store.load()

  expect(store.featured.map((product) => product.id)).toEqual(['featured', 'gone', 'plain'])
})

test('the newest products are not shown a second time', async () => {
  fetched.mockResolvedValueOnce(aList([aCard({ id: 'known' })]))
  fetched.mockResolvedValueOnce(aList([aCard({ id: 'known' }), aCard({ id: 'new' })]))
  const store = useHomeStore()

  await store.load()

  expect(store.newest.map((product) => product.id)).toEqual(['new'])
})

test('a category without a picture borrows one from its products', async () => {
  fetched.mockResolvedValue(aList([aCard(), aCard({ image })]))
  const store = useHomeStore()

  await store.load()

  expect(store.pictureOf('bier')).toEqual(image)
  expect(store.pictureOf('wein')).toBeNull()
})
