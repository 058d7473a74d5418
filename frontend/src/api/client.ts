import { isAxiosError, isCancel, type AxiosRequestConfig } from 'axios'

import type { Problem } from './catalog.types'
import { takeEarly } from './early'
import { http, type Access } from './http'
import { kindOfStatus, RequestFailed } from './problem'

const RETRY_DELAY_MS = 400

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
export async function get<T>(path: string, signal?: AbortSignal, access: Access = 'optional'): Promise<T> {
  signal?.throwIfAborted()
  const request = shared.get(path) ?? share(path, access)
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

/**
 * Changes something, and is sent once: whether a second time would do harm is for the visitor to say.
 *
 * @throws {RequestFailed} when there is no good answer.
 */
export async function send<T = void>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  data?: object,
  access: Access = 'account',
): Promise<T> {
  return request<T>({ method, url: path, data }, access)
}

/**
 * Begins something that must happen once: a request with a key may be sent again until there is an answer.
 *
 * @throws {RequestFailed} when there is no good answer.
 */
export const sendOnce = <T>(
  path: string,
  data: object,
  key: string,
  access: Access,
  timeout: number,
): Promise<T> =>
  request<T>({ method: 'POST', url: path, data, timeout, headers: { 'Idempotency-Key': key } }, access)

/** Reads a file, for which the browser keeps no name. */
export const getFile = (path: string, access: Access = 'account'): Promise<Blob> =>
  request<Blob>({ method: 'GET', url: path, responseType: 'blob' }, access)

async function request<T>(config: AxiosRequestConfig, access: Access): Promise<T> {
  activeRequests.value += 1
  try {
    return (await http.request<T>(withAccess(config, access))).data
  } catch (error) {
    throw toFailure(error)
  } finally {
    activeRequests.value -= 1
  }
}

const withAccess = (config: AxiosRequestConfig, access: Access): AxiosRequestConfig & { access: Access } => ({
  ...config,
  access,
})

function share(path: string, access: Access): Shared {
  const abort = new AbortController()
  const request: Shared = { answer: fetchPath(path, access, abort.signal), abort, waiting: 0 }
  shared.set(path, request)
  return request
}

async function fetchPath(path: string, access: Access, signal: AbortSignal): Promise<unknown> {
  const config = withAccess({ signal }, access)
  activeRequests.value += 1
  try {
    return await (takeEarly(path)?.catch(() => read(path, config)) ?? read(path, config))
  } finally {
    activeRequests.value -= 1
  }
}

async function read(path: string, config: AxiosRequestConfig): Promise<unknown> {
  try {
    return await readOnce(path, config)
  } catch (error) {
    if (!(error instanceof RequestFailed) || !error.transient || !navigator.onLine) throw error
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS))
    return readOnce(path, config)
  }
}

async function readOnce(path: string, config: AxiosRequestConfig): Promise<unknown> {
  try {
    return (await http.get<unknown>(path, config)).data
  } catch (error) {
    throw isCancel(error) ? error : toFailure(error)
  }
}

function toFailure(error: unknown): RequestFailed {
  if (error instanceof RequestFailed) return error
  if (!isAxiosError<Problem>(error)) return new RequestFailed('unexpected', null, null, { cause: error })
  if (error.response) {
    const { status, data, headers } = error.response
    const problem = isProblem(data) ? data : null
    const retryAfter = Number(headers['retry-after']) || null
    return new RequestFailed(kindOfStatus(status), status, problem, { cause: error, retryAfter })
  }
  if (error.code === 'ECONNABORTED' || error.code === 'ETIMEDOUT') {
    return new RequestFailed('timeout', null, null, { cause: error })
  }
  const kind = navigator.onLine ? 'unavailable' : 'offline'
  return new RequestFailed(kind, null, null, { cause: error })
}

const isProblem = (data: unknown): data is Problem =>
  typeof data === 'object' && data !== null && 'title' in data

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
