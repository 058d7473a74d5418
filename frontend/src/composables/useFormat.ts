import type { Money } from '@/api/catalog.types'
import type { Locale } from '@/locales'

import { useText } from './useText'

const TAGS: Record<Locale, string> = { de: 'de-DE', en: 'en-GB' }

const currencyFormats = new Map<string, Intl.NumberFormat>()

// Making a formatter costs far more than using one, and a list uses a hundred.
function currencyFormat(locale: Locale, currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`
  const known = currencyFormats.get(key)
  if (known) return known
  const made = new Intl.NumberFormat(TAGS[locale], { style: 'currency', currency })
  currencyFormats.set(key, made)
  return made
}

const decimalFormats: Record<Locale, Intl.NumberFormat> = {
  de: new Intl.NumberFormat(TAGS.de, { maximumFractionDigits: 2 }),
  en: new Intl.NumberFormat(TAGS.en, { maximumFractionDigits: 2 }),
}

const ratingFormats: Record<Locale, Intl.NumberFormat> = {
  de: new Intl.NumberFormat(TAGS.de, { minimumFractionDigits: 1 }),
  en: new Intl.NumberFormat(TAGS.en, { minimumFractionDigits: 1 }),
}

export type PriceParts = { before: string; whole: string; cents: string; after: string }

/** A price as a whole: "12,90 €" or "€12.90". */
export const formatMoney = (money: Money, locale: Locale): string =>
  currencyFormat(locale, money.currency).format(Number(money.amount))

/** A price taken apart, for a label that sets the cents smaller. */
export function splitMoney(money: Money, locale: Locale): PriceParts {
  const parts = currencyFormat(locale, money.currency).formatToParts(Number(money.amount))
  const at = (type: string) => parts.findIndex((part) => part.type === type)
  const text = (from: number, to?: number) =>
    parts
      .slice(from, to)
      .map((part) => part.value)
      .join('')
  return {
    before: text(0, at('integer')).trim(),
    whole: text(at('integer'), at('decimal')),
    cents: text(at('fraction'), at('fraction') + 1),
    after: text(at('fraction') + 1).trim(),
  }
}

/** A decimal string in the reader's notation, with as few digits as it needs. */
export const formatDecimal = (value: string, locale: Locale): string =>
  decimalFormats[locale].format(Number(value))

/** The sum of a price and its deposit. Amounts are added in cents, so nothing is lost to binary fractions. */
export function addMoney(a: Money, b: Money): Money {
  const cents = Math.round(Number(a.amount) * 100) + Math.round(Number(b.amount) * 100)
  return { amount: (cents / 100).toFixed(2), currency: a.currency }
}

/** Formats in the current language. */
export function useFormat() {
  const { locale } = useText()
  return {
    money: (value: Money) => formatMoney(value, locale.value),
    moneyParts: (value: Money) => splitMoney(value, locale.value),
    decimal: (value: string) => formatDecimal(value, locale.value),
    rating: (value: string) => ratingFormats[locale.value].format(Number(value)),
    date: (value: string) =>
      new Intl.DateTimeFormat(TAGS[locale.value], { dateStyle: 'long' }).format(new Date(value)),
    moment: (value: string) =>
      new Intl.DateTimeFormat(TAGS[locale.value], { dateStyle: 'medium', timeStyle: 'short' }).format(
        new Date(value),
      ),
    country: (code: string) => new Intl.DisplayNames(TAGS[locale.value], { type: 'region' }).of(code) ?? code,
  }
}
