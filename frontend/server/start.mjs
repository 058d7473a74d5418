/**
 * Serves the built shop: hashed files for a year, one small document per language and kind of page for every address.
 * PORT and HOST say where it listens.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

import sirv from 'sirv'

const PORT = Number(process.env.PORT ?? 4173)
const HOST = process.env.HOST ?? '127.0.0.1'
const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const LOCALES = ['de', 'en']
const KINDS = /** @type {const} */ ([
  'home',
  'list',
  'product',
  'page',
  'identity',
  'account',
  'cart',
  'checkout',
  'order',
])
const LEGAL = new Set(['imprint', 'privacy', 'terms', 'withdrawal'])
const IDENTITY = /^(login(\/return)?|signup|verify|forgot-password|reset-password|authorize|logout)$/
const ACCOUNT =
  /^(account(\/(orders|addresses|security|privacy))?|staff(\/(reviews|accounts(\/[^/]+)?|events))?)$/

// The build writes the boot script's hash into each document. As a header the policy replaces the gateway's own, which would
// refuse the script; what only a header can say is added.
const POLICY = /http-equiv="Content-Security-Policy" content="([^"]*)"/
const HEADER_POLICY = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'"

const CHECKOUT = /^checkout(\/(address|shipping|payment|review))?$/
const ORDER = /^orders\/[^/]+$/

/** @typedef {{ br: Buffer, gzip: Buffer, identity: Buffer, policy: string }} Shell */

/** @type {Map<string, Shell>} */
const shells = new Map(
  LOCALES.flatMap((locale) =>
    KINDS.map((kind) => {
      const file = `${DIST}/shells/${locale}-${kind}.html`
      const shell = {
        br: readFileSync(`${file}.br`),
        gzip: readFileSync(`${file}.gz`),
        identity: readFileSync(file),
        policy: `${POLICY.exec(readFileSync(file, 'utf8'))?.[1] ?? ''}; ${HEADER_POLICY}`,
      }
      return /** @type {[string, Shell]} */ ([`${locale}-${kind}`, shell])
    }),
  ),
)

const files = sirv(DIST, {
  etag: true,
  brotli: true,
  gzip: true,
  setHeaders(response, path) {
    const lifetime = path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'max-age=3600'
    response.setHeader('Cache-Control', `public, ${lifetime}`)
  },
})

const server = createServer((request, response) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    return
  }
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  if (path === '/') {
    const headers = {
      Location: `/${preferredLocale(request)}`,
      'Cache-Control': 'private, no-store',
      Vary: 'Accept-Language, Cookie',
    }
    response.writeHead(302, headers).end()
  } else if (path.startsWith('/shells/')) {
    sendShell(request, response, path)
  } else {
    files(request, response, () => sendShell(request, response, path))
  }
})

/**
 * The language chosen last, else the first of the browser's that the shop speaks, else German.
 *
 * @param {import('node:http').IncomingMessage} request
 */
function preferredLocale(request) {
  const chosen = /(?:^|; )prost_locale=(\w+)/.exec(request.headers.cookie ?? '')?.[1]
  const wished = (request.headers['accept-language'] ?? '')
    .split(',')
    .map((entry) => entry.trim().slice(0, 2).toLowerCase())
  return [chosen, ...wished].find((locale) => locale && LOCALES.includes(locale)) ?? 'de'
}

/**
 * @param {string} path
 * @returns {{ kind: typeof KINDS[number], status: number }}
 */
function kindOf(path) {
  // The way back from the bank knows no language.
  if (ORDER.test(path.slice(1))) return { kind: 'order', status: 200 }
  const [, locale = '', section, item, ...rest] = path.replace(/\/$/, '').split('/')
  if (!LOCALES.includes(locale)) return { kind: 'page', status: 404 }
  const page = [section, item, ...rest].filter((part) => part !== undefined).join('/')
  if (IDENTITY.test(page)) return { kind: 'identity', status: 200 }
  if (ACCOUNT.test(page)) return { kind: 'account', status: 200 }
  if (page === 'cart') return { kind: 'cart', status: 200 }
  if (CHECKOUT.test(page)) return { kind: 'checkout', status: 200 }
  if (ORDER.test(page)) return { kind: 'order', status: 200 }
  if (rest.length === 0) {
    if (!section) return { kind: 'home', status: 200 }
    if (section === 'products') return { kind: item ? 'product' : 'list', status: 200 }
    if (LEGAL.has(section) && !item) return { kind: 'page', status: 200 }
  }
  return { kind: 'page', status: 404 }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} path
 */
function sendShell(request, response, path) {
  const first = path.split('/')[1] ?? ''
  const locale = LOCALES.includes(first) ? first : preferredLocale(request)
  const { kind, status } = kindOf(path)
  const shell = /** @type {Shell} */ (shells.get(`${locale}-${kind}`))
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const encoding = /** @type {const} */ (['br', 'gzip']).find((name) => accepted.includes(name))
  const body = shell[encoding ?? 'identity']
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': shell.policy,
    Vary: 'Accept-Encoding',
    ...(encoding && { 'Content-Encoding': encoding }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

server.keepAliveTimeout = 75_000
server.listen(PORT, HOST, () => {
  console.log(`The shop is at http://${HOST}:${String(PORT)}`)
})
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
  })
}
