/** The one Axios instance: it signs requests with the access token and sees to it that a lapsed session costs nobody their work. */
import axios, { AxiosError, isAxiosError, type InternalAxiosRequestConfig } from 'axios'

import { RequestFailed } from './problem'
import { renew } from './renewal'
import { mayHaveSession, session } from './session'

/**
 * `account`: needs somebody to be signed in; `optional`: is signed for those who are; `anonymous`: is never signed; `customer`: would
 * be answered for a guest, too, but is meant in the name of whoever was signed in, who is asked to be so again.
 */
export type Access = 'anonymous' | 'optional' | 'account' | 'customer'

type Config = InternalAxiosRequestConfig & { access?: Access; refusals?: number }

const DEADLINE_MS = 10_000
/** A token that ends sooner might do so on its way. */
const MARGIN_MS = 5_000
const AUTHORIZATION = 'Authorization'

export const http = axios.create({
  adapter: 'fetch',
  timeout: DEADLINE_MS,
  headers: { Accept: 'application/json, application/problem+json' },
})

let askToSignIn: () => Promise<boolean> = () => Promise.resolve(false)

/** Sets who is asked when only the visitor can help; true means that they have signed in again. */
export function onSignInNeeded(ask: () => Promise<boolean>) {
  askToSignIn = ask
}

http.interceptors.request.use(async (config: Config) => {
  const token = await tokenFor(config)
  if (token) config.headers.set(AUTHORIZATION, `Bearer ${token}`)
  return config
})

http.interceptors.response.use(undefined, async (error: unknown) => {
  if (!isAxiosError(error) || error.response?.status !== 401 || !error.config) throw error
  const config: Config = error.config
  if (config.access === 'anonymous') throw error
  config.refusals = (config.refusals ?? 0) + 1
  if (!(await isWorthAnotherTry(config))) throw error
  config.headers.delete(AUTHORIZATION)
  return http.request(config)
})

async function tokenFor(config: Config): Promise<string | null> {
  // What is not ours never sees the token.
  if (config.access === 'anonymous' || !config.url?.startsWith('/api/')) return null
  const current = session.value
  if (current.open && current.expiresAt - MARGIN_MS > Date.now()) return current.token
  // What anybody may read does not wait for a token.
  if (!isPersonal(config.access)) return null
  if (mayHaveSession() && (await renew()) === 'away') {
    throw new AxiosError('Not renewed.', AxiosError.ERR_NETWORK, config)
  }
  const renewed = tokenNow()
  if (renewed !== null || config.access !== 'customer') return renewed
  const token = (await askToSignIn()) ? tokenNow() : null
  if (token === null) throw new RequestFailed('signedOut', 401)
  return token
}

const tokenNow = () => (session.value.open ? session.value.token : null)

const isPersonal = (access?: Access) => access === 'account' || access === 'customer'

/** A refused token is renewed, once; then only the visitor can help, once. */
async function isWorthAnotherTry(config: Config): Promise<boolean> {
  if (config.refusals === 1 && (await renewedSince(config))) return true
  if (!isPersonal(config.access) || (config.refusals ?? 0) > 2) return false
  config.refusals = 2
  return askToSignIn()
}

async function renewedSince(config: Config): Promise<boolean> {
  const sent = config.headers.get(AUTHORIZATION)
  const current = session.value
  if (current.open && sent !== `Bearer ${current.token}`) return true
  if (!mayHaveSession()) return false
  const outcome = await renew()
  if (outcome === 'away') throw new AxiosError('Not renewed.', AxiosError.ERR_NETWORK, config)
  return outcome === 'renewed'
}
