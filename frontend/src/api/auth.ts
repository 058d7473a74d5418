/** Who is signed in: what every page may have to ask. All else about accounts comes with the pages that need it. */
import type { Account, Credentials, TokenAnswer } from './auth.types'
import { get, send } from './client'

const BASE = '/api/auth'

export const logIn = (credentials: Credentials): Promise<TokenAnswer> =>
  send('POST', `${BASE}/login`, credentials, 'anonymous')

export const logOut = (): Promise<void> => send('POST', `${BASE}/logout`, undefined, 'anonymous')

export const resendVerification = (): Promise<void> => send('POST', `${BASE}/verification/resend`)

export const fetchAccount = (): Promise<Account> => get(`${BASE}/me`, undefined, 'account')
