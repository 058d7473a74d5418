import type de from './de'

export const LOCALES = ['de', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/** Every text of the storefront; German is the measure, English must have the same shape. */
export type Messages = typeof de

export const isLocale = (value: unknown): value is Locale => LOCALES.includes(value as Locale)

/** Loads one language's texts. */
export async function loadMessages(locale: Locale): Promise<Messages> {
  const module = await (locale === 'de' ? import('./de') : import('./en'))
  return module.default
}
