import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { useHead, type PageHead } from './useHead'
import { setLocale } from './useText'

const content = (selector: string) => document.head.querySelector(selector)?.getAttribute('content')
const href = (selector: string) => document.head.querySelector(selector)?.getAttribute('href')

function withHead(head: PageHead) {
  return mount({
    setup() {
      useHead(() => head)
      return () => null
    },
  })
}

beforeEach(() => setLocale('de'))
afterEach(() => {
  document.head.innerHTML = ''
})

test('a page has title, description, canonical address and its other language', () => {
  withHead({ title: 'Bier', description: 'Helles.', canonical: '/de/products?category=bier' })

  expect(document.title).toBe('Bier – Prost')
  expect(content('meta[name="description"]')).toBe('Helles.')
  expect(href('link[rel="canonical"]')).toMatch(/\/de\/products\?category=bier$/)
  expect(href('link[hreflang="en"]')).toMatch(/\/en\/products\?category=bier$/)
  expect(content('meta[property="og:locale"]')).toBe('de_DE')
})

test('a page that is not there is kept out of search engines', () => {
  withHead({ title: 'Verschüttet.', canonical: '/de', hidden: true })

  expect(content('meta[name="robots"]')).toBe('noindex')
  expect(document.head.querySelector('link[rel="canonical"]')).toBeNull()
})

test('the next page takes the marks of the last one away', () => {
  withHead({ title: 'Hell', canonical: '/de/products/hell', jsonLd: { '@type': 'Product' } }).unmount()
  withHead({ title: null, canonical: '/de' })

  expect(document.head.querySelectorAll('link[rel="canonical"]')).toHaveLength(1)
  expect(document.head.querySelector('script[type="application/ld+json"]')).toBeNull()
})
