import type { RouteLocationRaw } from 'vue-router'

import type { Locale } from '@/locales'

import { useText } from './useText'

export const LEGAL_PAGES = ['imprint', 'privacy', 'terms', 'withdrawal'] as const
export type LegalPage = (typeof LEGAL_PAGES)[number]

export const ACCOUNT_PAGES = ['account', 'orders', 'addresses', 'security', 'privacy'] as const
export type AccountPage = (typeof ACCOUNT_PAGES)[number]

export const CHECKOUT_STEPS = ['address', 'shipping', 'payment', 'review'] as const
export type CheckoutStep = (typeof CHECKOUT_STEPS)[number]

/** Pages that lead somewhere else: nobody wants to return to one. */
const PASSAGES = new Set<unknown>([
  'login',
  'login-return',
  'sign-up',
  'verify',
  'forgot-password',
  'reset-password',
  'logout',
])

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
    /** To signing in, or another page on that way, and from there back to this page. */
    login: (name: 'login' | 'sign-up' | 'forgot-password' = 'login'): RouteLocationRaw => {
      const to = PASSAGES.has(route.name) ? route.query.to : route.fullPath
      return { name, params: params(), query: to ? { to } : {} }
    },
    account: (name: AccountPage = 'account'): RouteLocationRaw => ({ name, params: params() }),
    cart: (): RouteLocationRaw => ({ name: 'cart', params: params() }),
    checkout: (step: CheckoutStep = 'address'): RouteLocationRaw => ({
      name: 'checkout',
      params: { ...params(), step },
    }),
    order: (id: string): RouteLocationRaw => ({ name: 'order', params: { ...params(), id } }),
    staff: (
      name: 'staff' | 'staff-reviews' | 'staff-accounts' | 'staff-events' = 'staff',
      query: Record<string, string> = {},
    ): RouteLocationRaw => ({ name, params: params(), query }),
    staffAccount: (id: string): RouteLocationRaw => ({ name: 'staff-account', params: { ...params(), id } }),
    /** The same page in another language. */
    inLocale: (other: Locale): RouteLocationRaw =>
      route.name === 'not-found' || route.name === 'forbidden'
        ? { name: 'home', params: { locale: other } }
        : { name: route.name ?? 'home', params: { ...route.params, locale: other }, query: route.query },
  }
}
