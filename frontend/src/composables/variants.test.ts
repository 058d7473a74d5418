import { expect, test } from 'vitest'

import { aVariant } from '@/testing/fixtures'

import { cheapestVariant, chosenVariant } from './variants'

const dear = aVariant({ sku: 'CRATE', price: { amount: '17.90', currency: 'EUR' } })
const cheapButGone = aVariant({ sku: 'SMALL', price: { amount: '0.99', currency: 'EUR' }, available: false })
const middle = aVariant({ sku: 'HALF', price: { amount: '1.29', currency: 'EUR' } })

test('a card shows the cheapest variant that is there', () => {
  expect(cheapestVariant([dear, cheapButGone, middle])).toBe(middle)
})

test('a card of a sold-out product shows its cheapest variant', () => {
  expect(cheapestVariant([cheapButGone])).toBe(cheapButGone)
})

test('the address chooses the variant by its article number', () => {
  expect(chosenVariant([dear, middle], 'HALF')).toBe(middle)
})

test('an unknown article number chooses the first variant that is there', () => {
  expect(chosenVariant([cheapButGone, dear, middle], 'NO-SUCH')).toBe(dear)
})
