import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { RequestFailed } from '@/api/problem'
import { setLocale } from '@/composables/useText'
import { anUnpaidOrder } from '@/testing/buying'

import OrderPayAgain from './OrderPayAgain.vue'

const pay = vi.fn<(method: string) => Promise<void>>()

beforeEach(async () => {
  await setLocale('de')
  vi.resetAllMocks()
  vi.useFakeTimers({ now: Date.parse('2026-11-01T12:03:30.000Z') })
})
afterEach(() => vi.useRealTimers())

const aForm = () => mount(OrderPayAgain, { props: { order: anUnpaidOrder(), pay } })

test('the time that is left counts down, and its end is told once', async () => {
  const form = aForm()
  const timer = form.get('[role=timer]')

  const first = timer.text()
  await vi.advanceTimersByTimeAsync(660_000)
  const last = timer.text()
  await vi.advanceTimersByTimeAsync(60_000)

  expect(first).toMatch(/^Noch 12 Minuten/)
  expect(last).toMatch(/^Weniger als eine Minute/)
  expect(form.emitted('over')).toHaveLength(1)
})

test('another card than the declined one is proposed, and any of them is paid with', async () => {
  const form = aForm()
  await form.get('form').trigger('submit')
  await form.get('input[value=pm_card_chargeDeclined]').setValue(true)
  await form.get('form').trigger('submit')

  expect(pay.mock.calls).toEqual([['pm_card_visa'], ['pm_card_chargeDeclined']])
  expect(form.text()).toContain('Abgelehnte Karte')
})

test('a second press while it is paid is none', async () => {
  pay.mockReturnValueOnce(new Promise(() => undefined))
  const form = aForm()

  await form.get('form').trigger('submit')
  await form.get('form').trigger('submit')

  expect(pay).toHaveBeenCalledOnce()
  expect(form.get('button[type=submit]').attributes('aria-disabled')).toBe('true')
})

test('what did not work is told, a decline and a failure alike', async () => {
  pay.mockResolvedValueOnce().mockRejectedValueOnce(new RequestFailed('offline'))
  const form = aForm()

  await form.get('form').trigger('submit')
  await flushPromises()
  const declined = form.get('[role=alert]').text()
  await form.get('form').trigger('submit')
  await flushPromises()

  expect(declined).toBe('Auch diese Zahlung hat nicht geklappt. Abgebucht ist nichts.')
  expect(form.get('[role=alert]').text()).not.toBe(declined)
})
