import { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import { afterEach } from 'vitest'

import { http } from '@/api/http'

export type Answer = { status: number; data: unknown }

const original = http.defaults.adapter
afterEach(() => {
  if (original) http.defaults.adapter = original
})

/** Answers the client's requests from a list, in order, after the promises that the test holds back; returns what was asked. */
export function answerWith(...answers: (Answer | Promise<Answer> | Error)[]) {
  const requests: InternalAxiosRequestConfig[] = []
  http.defaults.adapter = async (config): Promise<AxiosResponse> => {
    // As it was when it was sent: to send it again, the client changes it.
    requests.push({ ...config, headers: config.headers.concat() })
    const next = answers[requests.length - 1]
    if (next === undefined) throw new Error('One request too many.')
    if (next instanceof Error) throw next
    const { status, data } = await next
    const response = { status, data, statusText: '', headers: {}, config } as AxiosResponse
    if (status >= 400) throw new AxiosError('refused', 'ERR_BAD_RESPONSE', config, null, response)
    return response
  }
  return requests
}
