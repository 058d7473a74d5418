import { expect, test } from 'vitest'

import { returnPath } from './returnPath'

test.each(['/de', '/de/products?category=bier#reviews', '/en/account/addresses'])(
  '%s is a way back',
  (path) => {
    expect(returnPath(path)).toBe(path)
  },
)

test.each([
  'https://evil.test/de',
  '//evil.test/de',
  '/\\evil.test/de',
  '/\t/evil.test/de',
  'javascript:alert(1)',
  'de/products',
  '/api/auth/logout',
  '/deep',
  ['/de'],
  undefined,
])('%s is none', (path) => {
  expect(returnPath(path)).toBeNull()
})
