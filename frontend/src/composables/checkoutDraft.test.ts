import { expect, test } from 'vitest'

import { aDraft } from '@/testing/buying'

import { allowedStep, furthestStep, orderOf, readDraft } from './checkoutDraft'

test.each([
  ['address', aDraft({ address: { ...aDraft().address, street: ' ' } })],
  ['address', aDraft({ address: { ...aDraft().address, postal_code: '1010' } })],
  ['address', aDraft({ address: { ...aDraft().address, country: 'FR' } })],
  ['address', aDraft({ email: '' })],
  ['shipping', aDraft({ shipping: '' })],
  ['payment', aDraft({ payment: '' })],
  ['review', aDraft()],
] as const)('the furthest step is %s', (step, draft) => {
  expect(furthestStep(draft, true)).toBe(step)
})

test('no step can be skipped, and each one before can be gone back to', () => {
  expect(allowedStep('review', aDraft({ payment: '' }), true)).toBe('payment')
  expect(allowedStep('address', aDraft(), true)).toBe('address')
})

test('customers need no address for their mail', () => {
  expect(furthestStep(aDraft({ email: '' }), false)).toBe('review')
  expect(orderOf(aDraft(), false)).not.toHaveProperty('email')
})

test('what somebody else has entered is not shown', () => {
  const kept = JSON.stringify(aDraft({ owner: 'anna' }))

  expect(readDraft(kept, 'anna')?.email).toBe('gast@prost.test')
  expect(readDraft(kept, 'otto')).toBeNull()
  expect(readDraft(kept, null)).toBeNull()
})

test('a guest who signs in goes on with what they entered', () => {
  expect(readDraft(JSON.stringify(aDraft()), 'anna')?.owner).toBe('anna')
})

test.each(['', 'null', '{', '7'])('%j is no draft', (text) => {
  expect(readDraft(text, null)).toBeNull()
})
