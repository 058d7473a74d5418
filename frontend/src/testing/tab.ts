import { vi } from 'vitest'

/**
 * The session's modules as another tab has them: with a memory of their own, and with local storage, channel and locks that are
 * shared by all.
 */
export async function aTab() {
  vi.resetModules()
  const session = await import('@/api/session')
  const { renew } = await import('@/api/renewal')
  session.followTabs()
  return { ...session, renew }
}

/** Web Locks as far as the shop uses them, which the test environment lacks: one holder at a time, in the order of asking. */
export class Locks {
  private last: Promise<unknown> = Promise.resolve()

  request<T>(_name: string, action: () => Promise<T>): Promise<T> {
    const turn = this.last.then(action)
    this.last = turn.catch(() => undefined)
    return turn
  }
}
