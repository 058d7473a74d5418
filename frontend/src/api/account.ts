import type {
  AccountSession,
  Address,
  AddressChange,
  AddressIn,
  Account,
  Authorization,
  ConsentList,
  Consent,
  GoTo,
  LogoutRequest,
  ProfileChange,
  Provider,
  ProviderList,
  RecoveryCodes,
  SecondFactorSecret,
  SecurityEventList,
  SessionList,
  SignUp,
} from './auth.types'
import { get, getFile, send } from './client'

const BASE = '/api/auth'
const ME = `${BASE}/me`

// Getting in.

export const signUp = (form: SignUp): Promise<void> => send('POST', `${BASE}/signup`, form, 'anonymous')

export const confirmEmail = (token: string): Promise<void> =>
  send('POST', `${BASE}/verification`, { token }, 'anonymous')

export const askForReset = (email: string): Promise<void> =>
  send('POST', `${BASE}/password-reset`, { email }, 'anonymous')

export const resetPassword = (token: string, password: string): Promise<void> =>
  send('POST', `${BASE}/password-reset/confirm`, { token, password }, 'anonymous')

export const fetchProviders = async (): Promise<Provider[]> =>
  (await get<ProviderList>(`${BASE}/external`)).items

/** Where a provider's button leads; the way back ends at a path of the shop. `fresh` makes the provider ask again. */
export function providerPath(provider: string, to: string, fresh = false) {
  const query = new URLSearchParams({ return_to: to, ...(fresh && { prompt: 'login' }) })
  return `${BASE}/external/${encodeURIComponent(provider)}/start?${query.toString()}`
}

// One's own account.

export const changeAccount = (change: ProfileChange): Promise<Account> => send('PATCH', ME, change)

/** Without a password for those who sign in elsewhere, and have done so just now. */
export const deleteAccount = (password: string | null): Promise<void> => send('DELETE', ME, { password })

export const addAddress = (address: AddressIn): Promise<Address> => send('POST', `${ME}/addresses`, address)

export const changeAddress = (id: string, change: AddressChange): Promise<Address> =>
  send('PATCH', `${ME}/addresses/${id}`, change)

export const removeAddress = (id: string): Promise<void> => send('DELETE', `${ME}/addresses/${id}`)

export const changeEmail = (email: string, password: string): Promise<void> =>
  send('POST', `${ME}/email`, { email, password })

export const changePassword = (currentPassword: string, newPassword: string): Promise<void> =>
  send('POST', `${ME}/password`, { current_password: currentPassword, new_password: newPassword })

export const beginSecondFactor = (password: string): Promise<SecondFactorSecret> =>
  send('POST', `${ME}/second-factor`, { password })

export const confirmSecondFactor = async (code: string): Promise<string[]> =>
  (await send<RecoveryCodes>('POST', `${ME}/second-factor/confirm`, { code })).recovery_codes

export const removeSecondFactor = (password: string, code: string): Promise<void> =>
  send('DELETE', `${ME}/second-factor`, { password, code })

export const fetchSessions = async (): Promise<AccountSession[]> =>
  (await get<SessionList>(`${ME}/sessions`, undefined, 'account')).items

export const endSession = (id: string): Promise<void> => send('DELETE', `${ME}/sessions/${id}`)

export const endOtherSessions = (): Promise<void> => send('DELETE', `${ME}/sessions`)

/** Does without a provider; the service keeps the last way to sign in. */
export const unlinkProvider = (provider: string): Promise<void> =>
  send('DELETE', `${ME}/external/${encodeURIComponent(provider)}`)

export const fetchExport = (): Promise<Blob> => getFile(`${ME}/export`)

export const fetchEvents = (pageToken?: string): Promise<SecurityEventList> =>
  get(`${ME}/events?${page(pageToken)}`, undefined, 'account')

export const fetchConsents = async (): Promise<Consent[]> =>
  (await get<ConsentList>(`${BASE}/consents`, undefined, 'account')).items

export const withdrawConsent = (clientId: string): Promise<void> =>
  send('DELETE', `${BASE}/consents/${encodeURIComponent(clientId)}`)

// The OpenID provider's pages.

const authorizationPath = (id: string) => `${BASE}/authorizations/${encodeURIComponent(id)}`

export const fetchAuthorization = (id: string): Promise<Authorization> => get(authorizationPath(id))

/** Answers where the application waits for what the visitor has decided. */
export const decideAuthorization = (id: string, allow: boolean): Promise<GoTo> =>
  send('POST', `${authorizationPath(id)}/decision`, { allow })

/** Tells a client that nobody is signed in, where it forbade asking. */
export const declineAuthorization = (id: string): Promise<GoTo> =>
  send('POST', `${authorizationPath(id)}/decline`, undefined, 'anonymous')

const logoutPath = (id: string) => `${BASE}/logouts/${encodeURIComponent(id)}`

export const fetchLogout = (id: string): Promise<LogoutRequest> => get(logoutPath(id))

/** Ends the session at a client's request; answers where the client wants the visitor next. */
export const confirmLogout = (id: string): Promise<GoTo> =>
  send('POST', logoutPath(id), undefined, 'anonymous')

function page(pageToken?: string) {
  return new URLSearchParams({ page_size: '10', ...(pageToken && { page_token: pageToken }) }).toString()
}
