import { beforeEach, expect, test } from 'vitest'

import { aCard } from '@/testing/fixtures'

import { useStrength } from './useStrength'
import { setLocale } from './useText'

beforeEach(() => setLocale('de'))

const style = (de: string) => ({ slug: 'style', name: { de, en: de } })

test('a drink with alcohol says how much', () => {
  expect(useStrength()(aCard())).toBe('4,9 % vol')
})

test('a drink without alcohol says so, unless its style does', () => {
  const strengthOf = useStrength()

  expect(strengthOf(aCard({ alcohol_free: true, style: style('Cola') }))).toBe('Alkoholfrei')
  expect(strengthOf(aCard({ alcohol_free: true, style: style('Helles alkoholfrei') }))).toBeNull()
})
