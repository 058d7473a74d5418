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
/** Set while a request is on its way. A page that is left takes with it whoever would have removed it. */
const UNDER_WAY = 'prost.renewing'
const PATIENCE_MS = 3000

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
    await answered()
    return ask()
  })
}

async function changed(before: unknown): Promise<void> {
  const deadline = Date.now() + HEARSAY_MS
  while (session.value === before && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Waits for the answer to a page that was left: the token that it has sent is good for no one else. */
async function answered() {
  const left = Number(stored(UNDER_WAY)) + PATIENCE_MS - Date.now()
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(left, PATIENCE_MS)))
}

async function ask(): Promise<Renewal> {
  store(UNDER_WAY, String(Date.now()))
  try {
    // A refresh token is good for one use: the answer has to reach the cookie jar even if the page goes away, so this request
    // outlives it and has no deadline.
    const response = await fetch(PATH, {
      method: 'POST',
      keepalive: true,
      headers: { Accept: 'application/json, application/problem+json' },
    })
    store(UNDER_WAY, null)
    if (response.ok) {
      openSession((await response.json()) as TokenAnswer)
      return 'renewed'
    }
    if (response.status !== 401 && response.status !== 403) return 'away'
    closeSession('expired')
    return 'ended'
  } catch {
    return 'away'
  }
}
