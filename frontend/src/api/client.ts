import axios, { isAxiosError, isCancel } from 'axios'

import type { Problem } from './catalog.types'
import { takeEarly } from './early'
import { kindOfStatus, RequestFailed } from './problem'

const DEADLINE_MS = 10_000
const RETRY_DELAY_MS = 400

export const http = axios.create({
  adapter: 'fetch',
  timeout: DEADLINE_MS,
  headers: { Accept: 'application/json, application/problem+json' },
})

/** How many requests are on their way. */
export const activeRequests = ref(0)

type Shared = { answer: Promise<unknown>; abort: AbortController; waiting: number }

const shared = new Map<string, Shared>()

/**
 * Reads a path. Callers that want the same path at the same time share one request, which is cancelled when the last of them
 * has lost interest; a transient failure is tried a second time.
 *
 * @throws {RequestFailed} when there is no good answer.
 * @throws {DOMException} `AbortError` when the given signal fires first.
 */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted()
  const request = shared.get(path) ?? share(path)
  request.waiting += 1
  try {
    return (await untilAborted(request.answer, signal)) as T
  } finally {
    request.waiting -= 1
    if (request.waiting === 0) {
      request.abort.abort()
      if (shared.get(path) === request) shared.delete(path)
    }
  }
}

function share(path: string): Shared {
  const abort = new AbortController()
  const request: Shared = { answer: fetchPath(path, abort.signal), abort, waiting: 0 }
  shared.set(path, request)
  return request
}

async function fetchPath(path: string, signal: AbortSignal): Promise<unknown> {
  activeRequests.value += 1
  try {
    return await (takeEarly(path)?.catch(() => send(path, signal)) ?? send(path, signal))
  } finally {
    activeRequests.value -= 1
  }
}

async function send(path: string, signal: AbortSignal): Promise<unknown> {
  try {
    return await sendOnce(path, signal)
  } catch (error) {
    if (!(error instanceof RequestFailed) || !error.transient || !navigator.onLine) throw error
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS))
    return sendOnce(path, signal)
  }
}

async function sendOnce(path: string, signal: AbortSignal): Promise<unknown> {
  try {
    return (await http.get<unknown>(path, { signal })).data
  } catch (error) {
    throw isCancel(error) ? error : toFailure(error)
  }
}

function toFailure(error: unknown): RequestFailed {
  if (!isAxiosError<Problem>(error)) return new RequestFailed('unexpected', null, null, { cause: error })
  if (error.response) {
    const { status, data } = error.response
    const problem = typeof data === 'object' && 'title' in data ? data : null
    return new RequestFailed(kindOfStatus(status), status, problem, { cause: error })
  }
  if (error.code === 'ECONNABORTED' || error.code === 'ETIMEDOUT') {
    return new RequestFailed('timeout', null, null, { cause: error })
  }
  const kind = navigator.onLine ? 'unavailable' : 'offline'
  return new RequestFailed(kind, null, null, { cause: error })
}

function untilAborted<T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return answer
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(new DOMException('The request is no longer wanted.', 'AbortError'))
    signal.addEventListener('abort', onAbort, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Whether an error only says that the caller lost interest. */
export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'
