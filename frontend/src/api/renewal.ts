/** Renewing the access token by the refresh token, which only the browser's cookie jar knows. */
import {
  closeSession,
  lastOpened,
  mayHaveSession,
  openSession,
  session,
  type Renewal,
  type TokenAnswer,
} from './session'
import { store, stored } from './storage'
import { oneTabAtATime } from './tabs'

const PATH = '/api/auth/refresh'
/** What another tab tells is here sooner than an answer would be. */
const HEARSAY_MS = 200
/**
 * What an attempt is known by until its answer is here. A token is good for one use, and using it again is what thieves do: only
 * whoever repeats the attempt is given the answer that was lost, by a page that was left or on the way.
 */
const ATTEMPT = 'prost.renewal'

let renewing: Promise<Renewal> | null = null

/** Gets a new access token, once for all who ask at the same time in any tab. */
export function renew(): Promise<Renewal> {
  renewing ??= renewAfterOthers().finally(() => (renewing = null))
  return renewing
}

function renewAfterOthers(): Promise<Renewal> {
  const before = session.value
  const opened = lastOpened()
  return oneTabAtATime(async () => {
    // While this one waited, another tab may have renewed the session, or ended it.
    if (lastOpened() !== opened) await changed(before)
    if (session.value !== before && session.value.open) return 'renewed'
    if (!mayHaveSession()) return 'ended'
    return ask()
  })
}

async function changed(before: unknown): Promise<void> {
  const deadline = Date.now() + HEARSAY_MS
  while (session.value === before && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function ask(): Promise<Renewal> {
  const attempt = stored(ATTEMPT) ?? newAttempt()
  store(ATTEMPT, attempt)
  try {
    // The answer should reach the cookie jar even if the page goes away, so this request outlives it and has no deadline.
    const response = await fetch(PATH, {
      method: 'POST',
      keepalive: true,
      headers: { Accept: 'application/json, application/problem+json', 'Idempotency-Key': attempt },
    })
    if (response.ok) {
      store(ATTEMPT, null)
      openSession((await response.json()) as TokenAnswer)
      return 'renewed'
    }
    if (response.status !== 401 && response.status !== 403) return 'away'
    store(ATTEMPT, null)
    closeSession('expired')
    return 'ended'
  } catch {
    return 'away'
  }
}

// `randomUUID` is to be had over TLS only.
const newAttempt = () =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-')
