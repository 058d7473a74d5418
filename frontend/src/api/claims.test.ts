import { expect, test } from 'vitest'

import { aToken } from '@/testing/tokens'

import { readClaims } from './claims'

test('a token says who it is for and what they may do', () => {
  const token = aToken({ sub: 'jürgen-ñ-酒', roles: ['customer', 'admin'], amr: ['pwd', 'otp'] })

  expect(readClaims(token)).toEqual({
    accountId: 'jürgen-ñ-酒',
    roles: ['customer', 'admin'],
    emailVerified: true,
    strong: true,
    signedInAt: 1_700_000_000,
  })
})

test('what is no token is refused', () => {
  expect(() => readClaims('opaque')).toThrow()
})
