import { AxiosError } from 'axios'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { answerWith, type Answer } from '@/testing/answers'

import { get, isAbort } from './client'
import { openEarlyRequests } from './early'
import { RequestFailed } from './problem'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

async function failureOf(request: Promise<unknown>): Promise<RequestFailed> {
  const outcome = request.then(
    () => null,
    (error: unknown) => error,
  )
  await vi.runAllTimersAsync()
  const error = await outcome
  if (!(error instanceof RequestFailed)) throw new Error(`Expected a failure, not ${String(error)}.`)
  return error
}

describe('a request', () => {
  test('is sent once for all who ask at the same time', async () => {
    const requests = answerWith({ status: 200, data: { total: 1 } })

    const answers = await Promise.all([get('/a'), get('/a')])

    expect(answers).toEqual([{ total: 1 }, { total: 1 }])
    expect(requests).toHaveLength(1)
  })

  test('is tried again when the service was briefly away', async () => {
    const requests = answerWith({ status: 503, data: '' }, { status: 200, data: 'there' })

    const answer = get('/b')
    await vi.runAllTimersAsync()

    expect(await answer).toBe('there')
    expect(requests).toHaveLength(2)
  })

  test('is not tried again when it was wrong, and says what was wrong', async () => {
    const problem = { type: 'about:blank', title: 'Invalid', status: 422, code: 'invalid', trace_id: 'abc' }
    const requests = answerWith({ status: 422, data: problem })

    const failure = await failureOf(get('/c'))

    expect(failure).toMatchObject({ kind: 'invalid', status: 422, traceId: 'abc' })
    expect(requests).toHaveLength(1)
  })

  test('that took too long is a timeout', async () => {
    const late = new AxiosError('late', 'ECONNABORTED')
    answerWith(late, late)

    expect(await failureOf(get('/d'))).toMatchObject({ kind: 'timeout' })
  })

  test('is cancelled when nobody waits for it any more', async () => {
    const requests = answerWith(new Promise<Answer>(() => undefined))
    const abort = new AbortController()

    const answer = get('/e', abort.signal).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(0)
    abort.abort()

    expect(isAbort(await answer)).toBe(true)
    expect(requests[0]?.signal?.aborted).toBe(true)
  })

  test('goes on for the others when one loses interest', async () => {
    let deliver: (answer: Answer) => void = () => undefined
    answerWith(new Promise<Answer>((resolve) => (deliver = resolve)))
    const abort = new AbortController()

    const first = get('/f', abort.signal).catch((error: unknown) => error)
    const second = get('/f')
    await vi.advanceTimersByTimeAsync(0)
    abort.abort()
    deliver({ status: 200, data: 'for the second' })

    expect(isAbort(await first)).toBe(true)
    expect(await second).toBe('for the second')
  })

  test('takes the answer that the boot script has asked for', async () => {
    const requests = answerWith()
    openEarlyRequests().set('/g', Promise.resolve('early'))

    expect(await get('/g')).toBe('early')
    expect(requests).toHaveLength(0)
  })

  test('is sent by itself when the early one failed', async () => {
    answerWith({ status: 200, data: 'late' })
    openEarlyRequests().set('/h', Promise.reject(new Error('503')))

    expect(await get('/h')).toBe('late')
  })
})
