/** The accounts that a development stack was seeded with, and the codes of their apps. DASHBOARD_URL says where they are told. */
import { createHmac } from 'node:crypto'

const DASHBOARD_URL = process.env.DASHBOARD_URL ?? ''
const STEP_MS = 30_000
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** @typedef {{ id: string, email: string, password: string, totp_secret: string | null }} Seeded */
/** @typedef {{ email: string, password: string, totp_secret?: string | null }} Credentials */

/**
 * What the dashboard's API says.
 *
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function askDashboard(path) {
  if (!DASHBOARD_URL) throw new Error('DASHBOARD_URL is not set: `prost journey` does it.')
  const answer = await fetch(`${DASHBOARD_URL}/api/${path}`)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return answer.json()
}

/**
 * The seeded account of a role.
 *
 * @param {'customer' | 'support' | 'catalog' | 'admin'} role
 * @returns {Promise<Seeded>}
 */
export async function seeded(role) {
  const { password, accounts } = await askDashboard('accounts')
  const found = accounts.find((/** @type {Seeded} */ { email }) => email.startsWith(`${role}@`))
  if (!found) throw new Error(`No ${role} was seeded.`)
  return { ...found, password }
}

/**
 * The code of an authenticator app (RFC 6238), some steps of 30 seconds from now.
 *
 * @param {string} secret
 * @param {number} [steps]
 */
export function totp(secret, steps = 0) {
  const bits = secret.replaceAll(/./g, (letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'))
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const moment = Buffer.alloc(8)
  moment.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + steps))
  const digest = createHmac('sha1', key).update(moment).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0')
}

/**
 * Signs a page's browser in without the pages for it; returns an access token.
 *
 * @param {import('@playwright/test').Page} page
 * @param {Credentials} account
 */
export async function signIn(page, account) {
  const token = await accessToken(page.request, account)
  await page.goto('/de/privacy')
  await page.evaluate(() => localStorage.setItem('prost.signed-in', '1'))
  return token
}

/**
 * Begins a session, whose cookie stays with the requests; returns an access token.
 *
 * @param {import('@playwright/test').APIRequestContext} request
 * @param {Credentials} account
 * @returns {Promise<string>}
 */
export async function accessToken(request, { email, password, totp_secret: secret }) {
  const answer = await post(request, '/api/auth/login', (attempt) => ({
    email,
    password,
    // A code that another test has used counts no more; the next one does already.
    ...(secret && { totp: totp(secret, attempt % 2) }),
  }))
  return (await answer.json()).access_token
}

/**
 * Sends a request as an impatient but polite client does: what was too early is sent again when it was told to.
 *
 * @param {import('@playwright/test').APIRequestContext} request
 * @param {string} path
 * @param {(attempt: number) => object} body
 */
export async function post(request, path, body) {
  for (let attempt = 0; attempt < 8; attempt++) {
    const answer = await request.post(path, { data: body(attempt) })
    if (answer.ok()) return answer
    const said = await answer.text()
    if (answer.status() !== 429 && !said.includes('second-factor-refused'))
      throw new Error(`${path}: ${said}`)
    const seconds = Number(answer.headers()['retry-after'] ?? 5)
    await new Promise((resolve) => setTimeout(resolve, Math.min(seconds, 30) * 1000))
  }
  throw new Error(`${path} was refused every time.`)
}
