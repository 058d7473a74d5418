import { createPinia, disposePinia, setActivePinia, type Pinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { fetchAccount } from '@/api/auth'
import { closeSession, openSession } from '@/api/session'
import { anAccount, anAddress } from '@/testing/accounts'
import { aDraft } from '@/testing/buying'
import { anAnswer } from '@/testing/tokens'

import { useAuthStore } from './auth'
import { useCheckoutStore } from './checkout'

vi.mock('@/api/auth')
vi.mock('@/api/cart')
vi.mock('@/api/orders')

const home = anAddress({ is_default: true })

let pinia: Pinia

/** Signs somebody in on their way to an order, and waits until what their account knows is there. */
async function signInAs(id: string) {
  vi.mocked(fetchAccount).mockResolvedValue(anAccount({ id, addresses: [home] }))
  openSession(anAnswer({ sub: id }))
  await vi.waitUntil(() => useAuthStore().account?.id === id)
}

beforeEach(async () => {
  localStorage.clear()
  sessionStorage.clear()
  closeSession('signed-out')
  setActivePinia((pinia = createPinia()))
  await useCheckoutStore().open()
})
afterEach(() => disposePinia(pinia))

test('who has typed nothing yet gets the address of their account', async () => {
  const store = useCheckoutStore()

  await signInAs('anna')

  expect(store.draft.address).toMatchObject({ name: 'Anna Anders', street: 'Sudhausweg 3' })
  expect(store.isGuest).toBe(false)
})

test('who has begun to type an address goes on with it', async () => {
  const store = useCheckoutStore()
  store.draft.address.postal_code = '50667'

  await signInAs('anna')

  expect(store.draft.address).toMatchObject({ name: '', street: '', postal_code: '50667' })
})

test('what was chosen as a guest is kept, and is the customer’s from then on', async () => {
  const store = useCheckoutStore()
  store.draft = aDraft({ shipping: 'express', payment: 'pm_card_mastercard', voucher: 'HOPFEN' })

  await signInAs('anna')

  expect(store.draft).toEqual({
    ...aDraft({ shipping: 'express', payment: 'pm_card_mastercard', voucher: 'HOPFEN' }),
    owner: 'anna',
  })
})

test('a session that ends by itself keeps its owner’s work, and another person’s begins anew', async () => {
  const store = useCheckoutStore()
  await signInAs('anna')
  store.draft.address.street = 'Malzgasse 7'

  closeSession('expired')
  expect(store.draft).toMatchObject({ owner: 'anna', address: { street: 'Malzgasse 7' } })
  await signInAs('bert')

  expect(store.draft).toMatchObject({ owner: 'bert', address: { street: 'Sudhausweg 3' } })
})
