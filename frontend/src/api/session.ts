/** The visitor's session. The access token is in this module's memory and in that of the other tabs, nowhere else. */
import { readClaims, type Claims } from './claims'
import { store, stored } from './storage'

export type TokenAnswer = { access_token: string; expires_in: number }
/** `away`: it could not be told, because the service was not reached. */
export type Renewal = 'renewed' | 'ended' | 'away'
export type Ending = 'signed-out' | 'expired'

type Open = { open: true; token: string; expiresAt: number; claims: Claims }
type Closed = { open: false; because: Ending }
type Message = { kind: 'opened'; answer: TokenAnswer } | { kind: 'closed'; because: Ending }

const HINT = 'prost.signed-in'
const CHANNEL = 'prost.session'

export const session = shallowRef<Open | Closed>({ open: false, because: 'signed-out' })

let channel: BroadcastChannel | null = null

/** Whether this browser has signed in and not out again: without this hint nobody asks the identity service for anything. */
export const mayHaveSession = (): boolean => session.value.open || stored(HINT) !== null

/** Notes that the cookie jar may hold a session, as after signing in with a provider. */
export const expectSession = () => store(HINT, String(Date.now()))

/** What changes whenever any tab gets a token. */
export const lastOpened = () => stored(HINT)

/** Takes a new access token, for all tabs. */
export function openSession({ access_token, expires_in }: TokenAnswer) {
  const answer = { access_token, expires_in }
  expectSession()
  adopt(answer)
  tell({ kind: 'opened', answer })
}

/** Ends the session in all tabs. */
export function closeSession(because: Ending) {
  drop(because)
  tell({ kind: 'closed', because })
}

/** Follows what the other tabs do. */
export function followTabs() {
  listen()
  // A page that is kept for the way back must not keep a channel, and has missed what was said when it returns.
  addEventListener('pagehide', hangUp)
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    listen()
    if (session.value.open && stored(HINT) === null) drop('signed-out')
  })
}

function adopt({ access_token, expires_in }: TokenAnswer) {
  session.value = {
    open: true,
    token: access_token,
    expiresAt: Date.now() + expires_in * 1000,
    claims: readClaims(access_token),
  }
}

function drop(because: Ending) {
  store(HINT, null)
  session.value = { open: false, because }
}

function listen() {
  if (channel || typeof BroadcastChannel === 'undefined') return
  channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'opened') adopt(data.answer)
    else drop(data.because)
  }
}

function hangUp() {
  channel?.close()
  channel = null
}

function tell(message: Message) {
  channel?.postMessage(message)
}
