import { expect, test } from 'vitest'

import { someFacets } from '@/testing/fixtures'

import { withChosen } from './facets'
import { parseProductQuery } from './productQuery'

test('a chosen value that matches nothing any more stays among the facets', () => {
  const query = parseProductQuery({ category: ['bier', 'wein'] })

  const { category } = withChosen(someFacets(), query, () => ({ de: 'Wein', en: 'Wine' }))

  expect(category).toEqual([
    { value: 'bier', label: { de: 'Bier', en: 'Beer' }, count: 3 },
    { value: 'wein', label: { de: 'Wein', en: 'Wine' }, count: 0 },
  ])
})

test('a value whose name was never heard is called by its value', () => {
  const query = parseProductQuery({ style: 'altbier' })

  const { style } = withChosen(someFacets(), query, () => undefined)

  expect(style).toEqual([{ value: 'altbier', label: { de: 'altbier', en: 'altbier' }, count: 0 }])
})
