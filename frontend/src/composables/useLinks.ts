import type { RouteLocationRaw } from 'vue-router'

import type { Locale } from '@/locales'

import { useText } from './useText'

export const LEGAL_PAGES = ['imprint', 'privacy', 'terms', 'withdrawal'] as const
export type LegalPage = (typeof LEGAL_PAGES)[number]

/** Links in the current language. */
export function useLinks() {
  const { locale } = useText()
  const route = useRoute()
  const params = () => ({ locale: locale.value })
  return {
    home: (): RouteLocationRaw => ({ name: 'home', params: params() }),
    products: (query: Record<string, string | string[]> = {}): RouteLocationRaw => ({
      name: 'products',
      params: params(),
      query,
    }),
    product: (slug: string, variant?: string): RouteLocationRaw => ({
      name: 'product',
      params: { ...params(), slug },
      query: variant ? { variant } : {},
    }),
    legal: (page: LegalPage): RouteLocationRaw => ({
      name: 'legal',
      params: { ...params(), page },
    }),
    /** The same page in another language. */
    inLocale: (other: Locale): RouteLocationRaw =>
      route.name === 'not-found'
        ? { name: 'home', params: { locale: other } }
        : { name: route.name ?? 'home', params: { ...route.params, locale: other }, query: route.query },
  }
}
