import { nextTick } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { ACCOUNT_STAFF, admission, EVENT_STAFF, REVIEW_STAFF, type Requires } from '@/admission'
import { CHECKOUT_STEPS, LEGAL_PAGES } from '@/composables/useLinks'
import { setLocale } from '@/composables/useText'
import { isLocale, type Locale } from '@/locales'
import { useAuthStore } from '@/stores/auth'

declare module 'vue-router' {
  // Only an interface can be added to.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface RouteMeta {
    requires?: Requires
  }
}

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
        { path: 'login', name: 'login', component: () => import('@/views/identity/LoginView.vue') },
        {
          path: 'login/return',
          name: 'login-return',
          component: () => import('@/views/identity/LoginReturnView.vue'),
        },
        { path: 'signup', name: 'sign-up', component: () => import('@/views/identity/SignUpView.vue') },
        { path: 'verify', name: 'verify', component: () => import('@/views/identity/VerifyView.vue') },
        {
          path: 'forgot-password',
          name: 'forgot-password',
          component: () => import('@/views/identity/ForgotPasswordView.vue'),
        },
        {
          path: 'reset-password',
          name: 'reset-password',
          component: () => import('@/views/identity/ResetPasswordView.vue'),
        },
        {
          path: 'authorize',
          name: 'authorize',
          component: () => import('@/views/identity/AuthorizeView.vue'),
        },
        { path: 'logout', name: 'logout', component: () => import('@/views/identity/LogoutView.vue') },
        { path: 'cart', name: 'cart', component: () => import('@/views/CartView.vue') },
        {
          path: 'checkout',
          redirect: ({ params }) => ({ name: 'checkout', params: { ...params, step: 'address' } }),
        },
        {
          path: `checkout/:step(${CHECKOUT_STEPS.join('|')})`,
          name: 'checkout',
          component: () => import('@/views/checkout/CheckoutView.vue'),
        },
        { path: 'orders/:id', name: 'order', component: () => import('@/views/OrderView.vue') },
        {
          path: 'account',
          component: () => import('@/views/account/AccountView.vue'),
          meta: { requires: 'account' },
          children: [
            { path: '', name: 'account', component: () => import('@/views/account/ProfileView.vue') },
            { path: 'orders', name: 'orders', component: () => import('@/views/account/OrdersView.vue') },
            {
              path: 'addresses',
              name: 'addresses',
              component: () => import('@/views/account/AddressesView.vue'),
            },
            {
              path: 'security',
              name: 'security',
              component: () => import('@/views/account/SecurityView.vue'),
            },
            { path: 'privacy', name: 'privacy', component: () => import('@/views/account/PrivacyView.vue') },
          ],
        },
        {
          path: 'staff',
          component: () => import('@/views/staff/StaffView.vue'),
          meta: { requires: ACCOUNT_STAFF },
          children: [
            {
              path: '',
              name: 'staff',
              // Never shown: where staff begins depends on their roles, which are known once the session is.
              component: () => import('@/views/staff/AccountsView.vue'),
              beforeEnter: ({ params }) => ({
                name: useAuthStore().may(REVIEW_STAFF) ? 'staff-reviews' : 'staff-accounts',
                params,
              }),
            },
            {
              path: 'reviews',
              name: 'staff-reviews',
              component: () => import('@/views/staff/ReviewsView.vue'),
              meta: { requires: REVIEW_STAFF },
            },
            {
              path: 'accounts',
              name: 'staff-accounts',
              component: () => import('@/views/staff/AccountsView.vue'),
            },
            {
              path: 'accounts/:id',
              name: 'staff-account',
              component: () => import('@/views/staff/AccountDetailView.vue'),
            },
            {
              path: 'events',
              name: 'staff-events',
              component: () => import('@/views/staff/EventsView.vue'),
              meta: { requires: EVENT_STAFF },
            },
          ],
        },
      ],
    },
    // The way back from the bank knows no language.
    {
      path: '/orders/:id',
      redirect: ({ params, query }) => ({
        name: 'order',
        params: { ...params, locale: preferredLocale() },
        query,
      }),
    },
    { path: '/:path(.*)*', name: 'not-found', component: () => import('@/views/NotFoundView.vue') },
    // The same address as the page that was refused, so that it can be tried again; reached by name only.
    { path: '/:path(.*)*', name: 'forbidden', component: () => import('@/views/identity/ForbiddenView.vue') },
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

router.beforeEach(async (to) => {
  const { requires } = to.meta
  if (!requires) return true
  const auth = useAuthStore()
  await auth.ready()
  const outcome = admission(requires, auth)
  if (outcome === 'in') return true
  if (outcome === 'sign-in') {
    return { name: 'login', params: { locale: localeOf(to) }, query: { to: to.fullPath } }
  }
  return { name: 'forbidden', params: { path: to.path.split('/').slice(1) }, query: to.query, hash: to.hash }
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
