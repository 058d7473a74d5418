import { beforeEach, describe, expect, test, vi } from 'vitest'

import { answerWith, type Answer } from '@/testing/answers'
import { aJson, anAnswer } from '@/testing/tokens'

import { get, send } from './client'
import { onSignInNeeded } from './http'
import { closeSession, openSession } from './session'

const refused = { status: 401, data: { title: 'Unauthenticated', code: 'unauthenticated', status: 401 } }
const done = { status: 201, data: { id: 'one' } }

const refresh = vi.fn<typeof fetch>()
const ask = vi.fn<() => Promise<boolean>>()

beforeEach(() => {
  localStorage.clear()
  closeSession('signed-out')
  refresh.mockReset()
  vi.stubGlobal('fetch', refresh)
  ask.mockReset().mockResolvedValue(false)
  onSignInNeeded(ask)
})

const bearer = (request: { headers: { get: (name: string) => unknown } } | undefined) =>
  request?.headers.get('Authorization')

describe('a signed-in visitor’s request', () => {
  test('carries the token to our own services, and nowhere else', async () => {
    const answer = anAnswer()
    openSession(answer)
    const requests = answerWith(done, done)

    await get('/api/catalog/categories')
    await get('https://elsewhere.test/api/catalog/categories')

    expect(requests.map(bearer)).toEqual([`Bearer ${answer.access_token}`, undefined])
  })

  test('that signs in carries no token', async () => {
    openSession(anAnswer())
    const requests = answerWith(done)

    await send('POST', '/api/auth/login', { email: 'a@prost.test' }, 'anonymous')

    expect(bearer(requests[0])).toBeUndefined()
  })

  test('gets a new token first when the old one is about to end', async () => {
    openSession(anAnswer({}, 3))
    const next = anAnswer()
    refresh.mockResolvedValueOnce(aJson(200, next))
    const requests = answerWith(done)

    await send('POST', '/api/auth/me/addresses', {})

    expect(bearer(requests[0])).toBe(`Bearer ${next.access_token}`)
  })

  test('does not wait for a token to read what anybody may read', async () => {
    openSession(anAnswer({}, 3))
    const requests = answerWith(done)

    await get('/api/catalog/categories')

    expect(bearer(requests[0])).toBeUndefined()
    expect(refresh).not.toHaveBeenCalled()
  })
})

describe('a refused token', () => {
  test('is renewed, and the request sent again with all that was in it', async () => {
    openSession(anAnswer())
    const next = anAnswer()
    refresh.mockResolvedValueOnce(aJson(200, next))
    const requests = answerWith(refused, done)

    const answer = await send<unknown>('POST', '/api/auth/me/addresses', { street: 'Sudhausweg 3' })

    expect(answer).toEqual({ id: 'one' })
    expect(requests.map(({ data }) => data as string)).toEqual(Array(2).fill('{"street":"Sudhausweg 3"}'))
    expect(bearer(requests[1])).toBe(`Bearer ${next.access_token}`)
    expect(ask).not.toHaveBeenCalled()
  })

  test('that was renewed meanwhile is not renewed again', async () => {
    openSession(anAnswer())
    let deliver: (answer: Answer) => void = () => undefined
    const requests = answerWith(new Promise<Answer>((resolve) => (deliver = resolve)), done)

    const answer = send('POST', '/api/auth/me/addresses', {})
    await vi.waitUntil(() => requests.length === 1)
    openSession(anAnswer())
    deliver(refused)
    await answer

    expect(requests).toHaveLength(2)
    expect(refresh).not.toHaveBeenCalled()
  })

  test('whose session has ended makes the visitor sign in, and then the request goes out again', async () => {
    openSession(anAnswer())
    refresh.mockResolvedValueOnce(aJson(401, { code: 'session-ended' }))
    const next = anAnswer()
    ask.mockImplementationOnce(() => {
      openSession(next)
      return Promise.resolve(true)
    })
    const requests = answerWith(refused, done)

    const answer = await send<unknown>('POST', '/api/catalog/products/hell/reviews', { title: 'Gern wieder' })

    expect(answer).toEqual({ id: 'one' })
    expect(requests[1]?.data).toBe('{"title":"Gern wieder"}')
    expect(bearer(requests[1])).toBe(`Bearer ${next.access_token}`)
  })

  test('is a failure when the visitor would rather not sign in', async () => {
    openSession(anAnswer())
    refresh.mockResolvedValueOnce(aJson(401, { code: 'session-ended' }))
    answerWith(refused)

    await expect(send('PATCH', '/api/auth/me', {})).rejects.toMatchObject({ kind: 'signedOut' })
  })

  test('is no reason to sign in again while the service is away', async () => {
    openSession(anAnswer())
    refresh.mockResolvedValueOnce(aJson(503, {}))
    answerWith(refused)

    await expect(send('PATCH', '/api/auth/me', {})).rejects.toMatchObject({ kind: 'unavailable' })
    expect(ask).not.toHaveBeenCalled()
  })

  test('is given up after one renewal and one signing in', async () => {
    openSession(anAnswer())
    refresh.mockResolvedValueOnce(aJson(200, anAnswer()))
    ask.mockResolvedValueOnce(true)
    const requests = answerWith(refused, refused, refused)

    await expect(send('PATCH', '/api/auth/me', {})).rejects.toMatchObject({ kind: 'signedOut' })
    expect(requests).toHaveLength(3)
    expect(ask).toHaveBeenCalledOnce()
  })

  test('on a page that anybody may read asks nobody to sign in', async () => {
    openSession(anAnswer())
    refresh.mockResolvedValueOnce(aJson(401, { code: 'session-ended' }))
    answerWith(refused)

    await expect(get('/api/auth/authorizations/one')).rejects.toMatchObject({ kind: 'signedOut' })
    expect(ask).not.toHaveBeenCalled()
  })
})

test('a wrong password is not mistaken for a lapsed session', async () => {
  openSession(anAnswer())
  answerWith({ status: 401, data: { title: 'Login refused', code: 'login-refused', status: 401 } })

  await expect(send('POST', '/api/auth/login', {}, 'anonymous')).rejects.toMatchObject({
    code: 'login-refused',
  })
  expect(refresh).not.toHaveBeenCalled()
})
