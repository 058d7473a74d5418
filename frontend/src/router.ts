import { nextTick } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { LEGAL_PAGES } from '@/composables/useLinks'
import { setLocale } from '@/composables/useText'
import { isLocale, type Locale } from '@/locales'

const LOCALE_COOKIE = 'prost_locale'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'root', redirect: () => `/${preferredLocale()}` },
    {
      path: '/:locale(de|en)',
      children: [
        { path: '', name: 'home', component: () => import('@/views/HomeView.vue') },
        { path: 'products', name: 'products', component: () => import('@/views/ListView.vue') },
        { path: 'products/:slug', name: 'product', component: () => import('@/views/ProductView.vue') },
        {
          path: `:page(${LEGAL_PAGES.join('|')})`,
          name: 'legal',
          component: () => import('@/views/LegalView.vue'),
        },
      ],
    },
    { path: '/:path(.*)*', name: 'not-found', component: () => import('@/views/NotFoundView.vue') },
  ],
  // The successor that the router's authors announce is still experimental.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  async scrollBehavior(to, from, saved) {
    await nextTick()
    if (saved) return saved
    if (to.hash) return { el: to.hash }
    const turnsPage = to.query.page_token !== from.query.page_token
    return to.path === from.path && !turnsPage ? false : { top: 0 }
  },
})

router.beforeEach(async (to) => {
  const locale = localeOf(to)
  await setLocale(locale)
  if (isLocale(to.params.locale)) remember(locale)
})

function localeOf(to: RouteLocationNormalized): Locale {
  const first = to.path.split('/')[1]
  return isLocale(first) ? first : preferredLocale()
}

/** The language chosen last, else the first of the browser's that the shop speaks, else German. */
export function preferredLocale(): Locale {
  const chosen = new RegExp(`(?:^|; )${LOCALE_COOKIE}=(\\w+)`).exec(document.cookie)?.[1]
  const wished = navigator.languages.map((tag) => tag.slice(0, 2))
  return [chosen, ...wished].find(isLocale) ?? 'de'
}

function remember(locale: Locale) {
  document.cookie = `${LOCALE_COOKIE}=${locale}; path=/; max-age=31536000; samesite=lax`
}
