import { expect, test } from 'vitest'

import { eventReader } from '@/api/stream'
import { aCart, aCartLine, anOrder, anUnpaidOrder } from '@/testing/buying'

import { isBlocked, isShort, leftOf, mostOf } from './cartLines'
import { isDecided, moodOf, stepsDone } from './orderProgress'
import { readQuantity } from './quantity'
import { missingTo, shareOf } from './receipt'

const euro = (amount: string) => ({ amount, currency: 'EUR' })

test.each([
  ['3', 3],
  [' 7 ', 7],
  ['0', 1],
  ['250', 99],
  ['', null],
  ['-2', null],
  ['1,5', null],
  ['zwei', null],
])('%j typed as a quantity is %j', (text, quantity) => {
  expect(readQuantity(text)).toBe(quantity)
})

test('twenty means that there are enough, less is told as it is', () => {
  expect(leftOf(aCartLine({ stock: { state: 'in_stock', quantity: 20 } }))).toBeNull()
  expect(leftOf(aCartLine({ stock: { state: 'low', quantity: 4 } }))).toBe(4)
  expect(mostOf(aCartLine({ stock: null }))).toBe(99)
})

test('a cart is blocked by what is not there in that quantity, or not sold any more', () => {
  const four = aCartLine({ stock: { state: 'low', quantity: 4 }, quantity: 4 })

  expect(isShort(four, 5)).toBe(true)
  expect(isBlocked(aCart([four]))).toBe(false)
  expect(isBlocked(aCart([four, aCartLine({ sellable: false })]))).toBe(true)
  expect(isBlocked(aCart([aCartLine({ stock: { state: 'out', quantity: 0 } })]))).toBe(true)
})

test('what is missing until delivery is free is exact to the cent', () => {
  expect(missingTo(euro('59.00'), euro('58.90'))).toEqual(euro('0.10'))
  expect(missingTo(euro('59.00'), euro('59.00'))).toBeNull()
  expect(shareOf(euro('59.00'), euro('29.50'))).toBe(0.5)
})

test('an order says where it stands', () => {
  const waiting = anOrder({ state: 'AWAITING_PAYMENT' })
  const asked = anOrder({
    ...waiting,
    payment: {
      state: 'ACTION_REQUIRED',
      method: 'pm',
      redirect_url: '/api/payments/challenges/x',
      expires_at: null,
    },
  })

  expect(moodOf(waiting)).toBe('unknown')
  expect(moodOf(asked)).toBe('waiting')
  expect(moodOf(anOrder({ state: 'RESERVED' }))).toBe('working')
  expect(moodOf(anOrder({ state: 'CANCELLED' }))).toBe('CANCELLED')
  expect(moodOf(anUnpaidOrder())).toBe('unpaid')
  expect(moodOf(anOrder({ state: 'PAYMENT_FAILED' }))).toBe('PAYMENT_FAILED')
  expect([isDecided('AUTHORIZED'), isDecided('REJECTED')]).toEqual([false, true])
  expect([stepsDone(waiting), stepsDone(anOrder())]).toEqual([2, 4])
})

test('events are read wherever the network cuts them', () => {
  const heard: string[] = []
  const read = eventReader((data) => heard.push(data))

  for (const part of [': hello\n\nda', 'ta: {"a"\nda', 'ta: :1}\n', '\nevent: x\r\ndata: 2\r\n\r\n'])
    read(part)

  expect(heard).toEqual(['{"a"\n:1}', '2'])
})
