/**
 * Takes the pictures in docs/screenshots from a running shop (BASE_URL), at 390, 820 and 1440 pixels, in a few colours each;
 * those that are named as arguments, or all.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { chromium } from '@playwright/test'
import UPNG from 'upng-js'

import { seeded, signIn } from '../e2e/accounts.mjs'
import { launchOptions } from '../e2e/browser.mjs'
import { BASE_URL, pictured, productPath } from './shop.mjs'

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url))
const LARGEST = 200_000
const HEIGHTS = { 390: 844, 820: 1100, 1440: 900 }

/** @typedef {{ name: string, path: string, theme: 'light' | 'dark', as?: 'customer' | 'admin' | 'guest' }} Page */

const PAGES = /** @type {Page[]} */ ([
  { name: 'home', path: '/de', theme: 'light' },
  { name: 'list', path: '/de/products?category=bier', theme: 'light' },
  { name: 'list-dark', path: '/en/products', theme: 'dark' },
  { name: 'product', path: '', theme: 'light' },
  { name: 'cart', path: '/de/cart', theme: 'light', as: 'guest' },
  { name: 'checkout', path: '/de/checkout/review', theme: 'light', as: 'guest' },
  { name: 'order', path: '', theme: 'dark', as: 'guest' },
  { name: 'login', path: '/de/login', theme: 'light' },
  { name: 'consent', path: '', theme: 'dark', as: 'customer' },
  { name: 'account', path: '/de/account/addresses', theme: 'light', as: 'customer' },
  { name: 'staff', path: '/de/staff/reviews', theme: 'dark', as: 'admin' },
  { name: 'staff-accounts', path: '/de/staff/accounts', theme: 'light', as: 'admin' },
])
const NAMED = process.argv.slice(2)
/** What a guest buys: how many of which, found by these words. */
const BOUGHT = /** @type {[number, string][]} */ ([
  [6, 'weissbier'],
  [1, 'riesling'],
  [12, 'mate'],
])
const ADDRESS = {
  name: 'Gisela Gerste',
  street: 'Hopfenweg 12',
  postal_code: '80331',
  city: 'München',
  country: 'DE',
}
const ORDER = {
  shipping_address: ADDRESS,
  shipping_method: 'standard',
  payment_method: 'pm_card_visa',
  age_confirmed: true,
  email: 'gisela@prost.test',
}

const REVIEWS = [
  {
    rating: 5,
    title: 'Mein neues Feierabendbier',
    body: 'Malzig, ein wenig Honig, und hinten schön trocken.',
    author: 'Karl',
  },
  {
    rating: 3,
    title: 'Ordentlich',
    body: 'Zum Grillen gern wieder, allein getrunken etwas brav.',
    author: null,
  },
]

/**
 * The picture with as many colours as fit into the size that a document can bear.
 *
 * @param {Buffer} png
 */
function compress(png) {
  const image = UPNG.decode(png)
  const [pixels] = UPNG.toRGBA8(image)
  for (const colours of [256, 160, 96, 64, 32]) {
    const small = UPNG.encode([/** @type {ArrayBuffer} */ (pixels)], image.width, image.height, colours)
    if (small.byteLength < LARGEST || colours === 32) return Buffer.from(small)
  }
  return png
}

/**
 * A browser of the given size, signed in as whoever should see the page.
 *
 * @param {import('@playwright/test').Browser} browser
 * @param {import('@playwright/test').BrowserContextOptions} options
 * @param {Page['as']} role
 */
async function open(browser, options, role) {
  const page = await browser.newPage({ baseURL: BASE_URL, reducedMotion: 'reduce', ...options })
  if (role === 'guest') await fillCart(page)
  else if (role) await signIn(page, await seeded(role))
  return page
}

/**
 * Puts drinks into a guest's cart, and what the checkout asks for into the tab.
 *
 * @param {import('@playwright/test').Page} page
 */
async function fillCart(page) {
  for (const [quantity, words] of BOUGHT) {
    const { items } = await (await page.request.get(`/api/catalog/products?q=${words}&page_size=1`)).json()
    const data = { variant_id: items[0].variants[0].id, quantity }
    await page.request.post('/api/cart/add', { data })
  }
  const { email, payment_method: payment, shipping_method: shipping } = ORDER
  const draft = { owner: null, address: ADDRESS, email, payment, shipping, ageConfirmed: true }
  await page.goto('/de/privacy')
  await page.evaluate(
    ([hint, kept]) => {
      localStorage.setItem('prost.cart', hint)
      sessionStorage.setItem('prost.checkout', kept)
    },
    /** @type {const} */ ([`guest ${BOUGHT.length}`, JSON.stringify(draft)]),
  )
}

/**
 * Orders what is in a guest's cart; returns the address of the order once it is confirmed.
 *
 * @param {import('@playwright/test').Page} page
 */
async function orderPath(page) {
  const headers = { 'Idempotency-Key': randomUUID() }
  const { id } = await (await page.request.post('/api/orders', { headers, data: ORDER })).json()
  await page.goto(`/de/orders/${id}`)
  await page.getByRole('button', { name: 'Rechnung (PDF)' }).waitFor()
  return `/de/orders/${id}`
}

/**
 * Reviews that staff has yet to read; those of a run before are still there.
 *
 * @param {import('@playwright/test').Browser} browser
 */
async function writeReviews(browser) {
  const page = await browser.newPage({ baseURL: BASE_URL })
  const token = await signIn(page, await seeded('customer'))
  const { items } = await (await page.request.get('/api/catalog/products?category=bier&page_size=5')).json()
  for (const [index, data] of REVIEWS.entries()) {
    const headers = { Authorization: `Bearer ${token}` }
    await page.request.post(`/api/catalog/products/${items[index].id}/reviews`, { headers, data })
  }
  await page.close()
}

/**
 * The address at which an application asks the customer for consent.
 *
 * @param {import('@playwright/test').Browser} browser
 */
async function consentPath(browser) {
  const page = await browser.newPage({ baseURL: BASE_URL })
  const headers = { Authorization: `Bearer ${await signIn(page, await seeded('admin'))}` }
  const redirect_uri = 'https://kellerbuch.example/back'
  const scopes = ['openid', 'profile', 'email']
  const data = { name: 'Kellerbuch', redirect_uris: [redirect_uri], scopes, public: true }
  const { client_id } = await (await page.request.post('/api/auth/clients', { headers, data })).json()
  await page.close()
  const asked = new URLSearchParams({
    client_id,
    redirect_uri,
    response_type: 'code',
    scope: scopes.join(' '),
    // Of the verifier in RFC 7636, appendix B; nobody exchanges this code.
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ui_locales: 'de',
  })
  return `/api/auth/authorize?${asked.toString()}`
}

/**
 * The address of a page that has to be made first.
 *
 * @param {string} name
 * @param {import('@playwright/test').Page} page
 */
function pathOf(name, page) {
  if (name === 'consent') return consentPath(browser)
  return name === 'order' ? orderPath(page) : productPath()
}

await pictured()
await mkdir(FOLDER, { recursive: true })
const browser = await chromium.launch(await launchOptions())
await writeReviews(browser)
const chosen = PAGES.filter(({ name }) => NAMED.length === 0 || NAMED.includes(name))
for (const { name, path: fixed, theme, as } of chosen) {
  const page = await open(browser, { colorScheme: theme }, as)
  const path = fixed || (await pathOf(name, page))
  for (const [width, height] of Object.entries(HEIGHTS)) {
    await page.setViewportSize({ width: Number(width), height })
    await page.goto(path, { waitUntil: 'networkidle' })
    await writeFile(`${FOLDER}${name}-${width}.png`, compress(await page.screenshot()))
  }
  await page.close()
}
await browser.close()
