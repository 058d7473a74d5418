import type { Account, Address } from '@/api/auth.types'

/** An address with the given differences. */
export const anAddress = (change: Partial<Address> = {}): Address => ({
  id: 'home',
  name: 'Anna Anders',
  street: 'Sudhausweg 3',
  postal_code: '80331',
  city: 'München',
  country: 'DE',
  is_default: false,
  ...change,
})

/** An account with the given differences. */
export const anAccount = (change: Partial<Account> = {}): Account => ({
  id: 'anna',
  email: 'anna@prost.test',
  email_verified: true,
  name: 'Anna Anders',
  language: 'de',
  marketing_consent: false,
  roles: ['customer'],
  active_roles: ['customer'],
  second_factor: { enrolled: false, required: false },
  has_password: true,
  external: [],
  addresses: [],
  created_at: '2026-01-01T00:00:00.000Z',
  ...change,
})
