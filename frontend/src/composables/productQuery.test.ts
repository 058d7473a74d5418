import { describe, expect, test } from 'vitest'

import {
  changeQuery,
  clearFilters,
  countFilters,
  parseProductQuery,
  toCatalogParams,
  toggleFilter,
  toRouteQuery,
} from './productQuery'

describe('the address of the list', () => {
  test('is empty for the whole range', () => {
    expect(toRouteQuery(parseProductQuery({}))).toEqual({})
  })

  test('comes back as it was read', () => {
    const address = {
      q: 'weißbier',
      category: ['bier', 'wein'],
      deposit: ['reusable'],
      min_price: '2.50',
      max_price: '20',
      alcohol_free: 'true',
      sort: '-price',
      page_token: 'abc',
      page: '3',
    }

    expect(toRouteQuery(parseProductQuery(address))).toEqual(address)
  })

  test('ignores what it does not know', () => {
    const query = parseProductQuery({
      utm_source: 'x',
      sort: 'upwards',
      min_price: '1e9',
      alcohol_free: 'yes',
    })

    expect(toRouteQuery(query)).toEqual({})
  })

  test('keeps one order of values, so that one list has one address', () => {
    expect(parseProductQuery({ category: ['wein', 'bier', 'wein'] }).filters.category).toEqual([
      'bier',
      'wein',
    ])
  })

  test('cuts a search text that nobody types', () => {
    expect(parseProductQuery({ q: 'x'.repeat(500) }).q).toHaveLength(100)
  })
})

describe("the catalogue's parameters", () => {
  test('repeat a filter for each of its values and leave the page number out', () => {
    const query = parseProductQuery({ category: ['bier', 'wein'], page_token: 'abc', page: '2' })

    expect(toCatalogParams(query).toString()).toBe('category=bier&category=wein&page_token=abc&page_size=24')
  })
})

describe('a change of the filters', () => {
  test('starts at the first page', () => {
    const query = parseProductQuery({ page_token: 'abc', page: '4' })

    expect(changeQuery(query, { alcoholFree: true })).toMatchObject({
      alcoholFree: true,
      pageToken: null,
      page: 1,
    })
  })

  test('adds a value, and takes it away again', () => {
    const chosen = toggleFilter(parseProductQuery({ category: 'wein' }), 'category', 'bier')
    const left = toggleFilter(chosen, 'category', 'wein')

    expect(chosen.filters.category).toEqual(['bier', 'wein'])
    expect(left.filters.category).toEqual(['bier'])
  })

  test('clears all filters but keeps search and order', () => {
    const query = parseProductQuery({ q: 'hell', sort: 'name', category: 'bier', max_price: '9' })

    expect(toRouteQuery(clearFilters(query))).toEqual({ q: 'hell', sort: 'name' })
  })

  test('counts a price range as one filter', () => {
    const query = parseProductQuery({
      category: ['bier', 'wein'],
      min_price: '1',
      max_price: '9',
      available: 'true',
    })

    expect(countFilters(query)).toBe(4)
  })
})
