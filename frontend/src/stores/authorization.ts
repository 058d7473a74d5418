import {
  confirmLogout,
  decideAuthorization,
  declineAuthorization,
  fetchAuthorization,
  fetchLogout,
} from '@/api/account'
import type { Authorization, GoTo, LogoutRequest } from '@/api/auth.types'
import { closeSession } from '@/api/session'
import { oneTabAtATime } from '@/api/tabs'

import { useAuthStore } from './auth'

/** What comes before a client gets its answer. */
type Next =
  | { kind: 'ask' }
  | { kind: 'failed' }
  | { kind: 'leave'; address: string | null }
  | { kind: 'sign-in'; email: string | null; fresh: boolean }

const leave = ({ redirect_to }: GoTo): Next => ({ kind: 'leave', address: redirect_to })

/** What an application that signs people in by this shop asks of them. */
export const useAuthorizationStore = defineStore('authorization', () => {
  const auth = useAuthStore()
  const asked = shallowRef<Authorization | null>(null)
  const logout = shallowRef<LogoutRequest | null>(null)
  const failure = shallowRef<unknown>(null)

  /** Reads a client's request and says what it takes: a sign-in, the visitor's consent, or nothing more. */
  async function begin(id: string): Promise<Next> {
    asked.value = failure.value = null
    try {
      await auth.ready()
      const request = await fetchAuthorization(id)
      if (auth.state !== 'in' || request.max_age_passed) {
        if (request.prompt?.split(' ').includes('none')) return leave(await declineAuthorization(id))
        return { kind: 'sign-in', email: request.login_hint, fresh: auth.state === 'in' }
      }
      if (!request.needs_consent) return leave(await decideAuthorization(id, true))
      asked.value = request
      return { kind: 'ask' }
    } catch (error) {
      failure.value = error
      return { kind: 'failed' }
    }
  }

  /** Returns where the client waits for the visitor's decision. */
  const decide = async (id: string, allow: boolean): Promise<string | null> =>
    (await decideAuthorization(id, allow)).redirect_to

  /** Reads who wants the visitor to sign out. */
  async function beginLogout(id: string): Promise<void> {
    logout.value = failure.value = null
    try {
      logout.value = await fetchLogout(id)
    } catch (error) {
      failure.value = error
    }
  }

  /** Signs out, at a client's request or without one; returns where that client wants the visitor next. */
  async function signOut(request: string | null): Promise<string | null> {
    if (request === null) {
      await auth.signOut()
      return null
    }
    const { redirect_to } = await oneTabAtATime(() => confirmLogout(request))
    closeSession('signed-out')
    return redirect_to
  }

  return { asked, logout, failure, begin, decide, beginLogout, signOut }
})
