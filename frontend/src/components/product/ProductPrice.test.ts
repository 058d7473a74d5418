import { mount } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'

import { setLocale } from '@/composables/useText'
import { aVariant } from '@/testing/fixtures'

import ProductPrice from './ProductPrice.vue'

const euro = (amount: string) => ({ amount, currency: 'EUR' })
const textOf = (variant = aVariant()) =>
  mount(ProductPrice, { props: { variant } }).text().replace(/\s+/g, ' ')

beforeEach(() => setLocale('de'))

test('the price per litre and the deposit stand beside the price', () => {
  const text = textOf()

  expect(text).toContain('1,29 €')
  expect(text).toContain('2,58 €/l')
  expect(text).toContain('zzgl. 0,08 € Pfand Mehrweg')
})

test('a reduction comes with the lowest price of the last 30 days', () => {
  const text = textOf(aVariant({ previous_price: euro('1.79'), lowest_price_30_days: euro('1.49') }))

  expect(text).toContain('Bisher 1,79 €')
  expect(text).toContain('Niedrigster Preis der letzten 30 Tage: 1,49 €')
})

test('what carries no deposit says so', () => {
  expect(textOf(aVariant({ deposit: { kind: 'none', amount: euro('0.00') } }))).toContain('pfandfrei')
})
