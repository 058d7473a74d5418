import { describe, expect, test } from 'vitest'

import { addMoney, formatDecimal, formatMoney, splitMoney } from './useFormat'

const price = { amount: '1234.50', currency: 'EUR' }

describe('a price', () => {
  test('is written as each language writes it', () => {
    expect(formatMoney(price, 'de')).toBe('1.234,50\u00a0€')
    expect(formatMoney(price, 'en')).toBe('€1,234.50')
  })

  test('is taken apart for the label, thousands and all', () => {
    expect(splitMoney(price, 'de')).toEqual({ before: '', whole: '1.234', cents: '50', after: '€' })
    expect(splitMoney(price, 'en')).toEqual({ before: '€', whole: '1,234', cents: '50', after: '' })
  })

  test('and its deposit add up without a lost cent', () => {
    const sum = addMoney({ amount: '0.10', currency: 'EUR' }, { amount: '0.20', currency: 'EUR' })

    expect(sum).toEqual({ amount: '0.30', currency: 'EUR' })
  })
})

test('a decimal keeps no digits that say nothing', () => {
  expect(formatDecimal('19.00', 'de')).toBe('19')
  expect(formatDecimal('4.90', 'de')).toBe('4,9')
})
