import { fetchAccount, logIn, logOut, resendVerification } from '@/api/auth'
import type { Account, Credentials, Role } from '@/api/auth.types'
import { renew } from '@/api/renewal'
import { closeSession, expectSession, followTabs, mayHaveSession, openSession, session } from '@/api/session'
import { oneTabAtATime } from '@/api/tabs'

/** `lapsed`: the session has ended by itself, and what its owner was doing is still on the page. */
export type AuthState = 'out' | 'restoring' | 'in' | 'lapsed'

/** How long before its end a token is renewed. */
const AHEAD_MS = 60_000
const RETRY_MS = 15_000

/** Who is signed in. */
export const useAuthStore = defineStore('auth', () => {
  const account = shallowRef<Account | null>(null)
  /** Whether the account could not be read, though its owner is signed in. */
  const failure = shallowRef<unknown>(null)
  const restoring = ref(!session.value.open && mayHaveSession())
  const claims = computed(() => (session.value.open ? session.value.claims : null))
  const state = computed<AuthState>(() => {
    if (claims.value) return 'in'
    if (restoring.value) return 'restoring'
    return account.value ? 'lapsed' : 'out'
  })
  /** Of the account that is signed in, or was until its session lapsed. */
  const accountId = computed(() => claims.value?.accountId ?? account.value?.id ?? null)
  /** The staff's roles that this session may use: none before a second factor was given. */
  const staffRoles = computed(() => (claims.value?.roles ?? []).filter(isStaffRole))
  /** Whether the account has staff's roles that this session may not use. */
  const needsSecondFactor = computed(
    () => staffRoles.value.length === 0 && (account.value?.roles ?? []).some(isStaffRole),
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  let firstAttempt: Promise<void> | null = null

  watch(
    session,
    (next) => {
      clearTimeout(timer)
      restoring.value = false
      if (!next.open) {
        if (next.because === 'signed-out') account.value = null
        return
      }
      timer = setTimeout(() => void keepFresh(), next.expiresAt - Date.now() - AHEAD_MS)
      const { accountId: id, emailVerified } = next.claims
      if (account.value?.id !== id) account.value = null
      if (account.value?.email_verified !== emailVerified) void reload()
    },
    { flush: 'sync' },
  )

  /** Follows the other tabs and the clock, and takes up the session that this browser has, if any. */
  function start() {
    followTabs()
    document.addEventListener('visibilitychange', wake)
    addEventListener('online', wake)
    void ready()
  }

  /** Settles when it is known whether somebody is signed in, or known that it cannot be told now. */
  function ready(): Promise<void> {
    firstAttempt ??= restoring.value ? keepFresh() : Promise.resolve()
    return firstAttempt
  }

  async function keepFresh(): Promise<void> {
    // A tab that nobody looks at waits; its session should not be kept alive by itself.
    if (document.visibilityState === 'hidden' && !restoring.value) return
    const outcome = await renew()
    if (outcome === 'ended') restoring.value = false
    if (outcome !== 'away') return
    clearTimeout(timer)
    timer = setTimeout(() => void keepFresh(), RETRY_MS)
  }

  function wake() {
    if (document.visibilityState === 'hidden') return
    const ends = session.value.open ? session.value.expiresAt : 0
    if (mayHaveSession() && ends - AHEAD_MS < Date.now()) void keepFresh()
    // The link in the mail is often followed on another device.
    else if (account.value?.email_verified === false) void reload()
  }

  /** Reads the account anew; a failure is kept for the pages to show. */
  async function reload(): Promise<void> {
    failure.value = null
    try {
      const answer = await fetchAccount()
      account.value = answer
      const known = claims.value
      if (known?.accountId === answer.id && known.emailVerified !== answer.email_verified) await renew()
    } catch (error) {
      failure.value = error
    }
  }

  /**
   * Signs in.
   *
   * @throws {RequestFailed} with the codes `login-refused`, `second-factor-required`, `second-factor-refused`.
   */
  async function signIn(credentials: Credentials): Promise<void> {
    openSession(await oneTabAtATime(() => logIn(credentials)))
  }

  /** Takes up the session that a provider's way back has left in the cookie jar; false when there is none. */
  async function takeUp(): Promise<boolean> {
    expectSession()
    return (await renew()) === 'renewed'
  }

  /** Signs out, in all tabs. */
  async function signOut(): Promise<void> {
    await oneTabAtATime(logOut)
    closeSession('signed-out')
  }

  const may = (roles: readonly Role[]): boolean => roles.some((role) => staffRoles.value.includes(role))

  return {
    account,
    failure,
    state,
    accountId,
    staffRoles,
    needsSecondFactor,
    start,
    ready,
    reload,
    renew,
    signIn,
    takeUp,
    signOut,
    resendVerification,
    may,
  }
})

const isStaffRole = (role: string): role is Role =>
  role === 'support' || role === 'catalog-manager' || role === 'admin'
