import {
  endOtherSessions,
  endSession,
  fetchConsents,
  fetchEvents,
  fetchSessions,
  withdrawConsent,
} from '@/api/account'
import type { AccountSession, Consent, SecurityEvent } from '@/api/auth.types'

import { useAuthStore } from './auth'

/** Where an account is signed in, who may use it, and what has happened to it. */
export const useSecurityStore = defineStore('security', () => {
  const auth = useAuthStore()
  const sessions = shallowRef<AccountSession[] | null>(null)
  const consents = shallowRef<Consent[] | null>(null)
  const events = shallowRef<SecurityEvent[] | null>(null)
  const nextEvents = ref<string | null>(null)

  // What one person has seen here is not the next one's to see.
  watch(
    () => auth.accountId,
    () => {
      sessions.value = consents.value = events.value = null
      nextEvents.value = null
    },
  )

  async function loadSessions(): Promise<void> {
    sessions.value = await fetchSessions()
  }

  async function revokeSession(id: string): Promise<void> {
    await endSession(id)
    sessions.value = sessions.value?.filter((session) => session.id !== id) ?? null
  }

  async function revokeOtherSessions(): Promise<void> {
    await endOtherSessions()
    sessions.value = sessions.value?.filter((session) => session.current) ?? null
  }

  async function loadConsents(): Promise<void> {
    consents.value = await fetchConsents()
  }

  async function withdraw(clientId: string): Promise<void> {
    await withdrawConsent(clientId)
    consents.value = consents.value?.filter((consent) => consent.client_id !== clientId) ?? null
  }

  /** Reads the newest events, or those after the ones that are there. */
  async function loadEvents(more = false): Promise<void> {
    const page = await fetchEvents(more && nextEvents.value ? nextEvents.value : undefined)
    events.value = more ? [...(events.value ?? []), ...page.items] : page.items
    nextEvents.value = page.next_page_token
  }

  return {
    sessions,
    consents,
    events,
    nextEvents,
    loadSessions,
    revokeSession,
    revokeOtherSessions,
    loadConsents,
    withdraw,
    loadEvents,
  }
})
