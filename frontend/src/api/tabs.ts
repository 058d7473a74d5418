/** One at a time over all tabs of this browser, also across the reload of a page. */
import { store, stored } from './storage'

const LEASE = 'prost.renewing'
/** Longer than an answer takes, short enough to wait for. */
const LEASE_MS = 3_000
const POLL_MS = 40

/**
 * Runs an action that no other tab may run meanwhile. The lock ends with the page, but a request that survives its page does not:
 * the lease, kept where the next page finds it, makes that one wait.
 */
export function oneTabAtATime<T>(action: () => Promise<T>): Promise<T> {
  const leased = async () => {
    const mine = await takeLease()
    const page = { left: false }
    const leave = () => (page.left = true)
    addEventListener('pagehide', leave)
    try {
      return await action()
    } finally {
      removeEventListener('pagehide', leave)
      // A page that goes away sees its request fail, while the browser sends it all the same.
      if (!page.left && stored(LEASE) === mine) store(LEASE, null)
    }
  }
  return (locks()?.request('prost.session', leased) as Promise<T> | undefined) ?? leased()
}

// Only over TLS or on this machine itself does a browser offer locks; elsewhere the lease alone has to do.
const locks = () => navigator.locks as LockManager | undefined

async function takeLease(): Promise<string> {
  for (;;) {
    while (isTaken(stored(LEASE))) await pause(POLL_MS)
    const mine = `${Date.now()} ${crypto.getRandomValues(new Uint32Array(1)).join('')}`
    store(LEASE, mine)
    if (locks()) return mine
    // Two tabs may have found it free; after a pause all of them see who wrote last.
    await pause(POLL_MS)
    const winner = stored(LEASE)
    if (winner === mine || winner === null) return mine
  }
}

function isTaken(lease: string | null): boolean {
  const age = Date.now() - Number(lease?.split(' ')[0] ?? Number.NaN)
  return age >= 0 && age < LEASE_MS
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
