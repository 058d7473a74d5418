import { randomUUID } from 'node:crypto'

import { expect, type APIRequestContext, type TestInfo } from '@playwright/test'

import { accessToken, seeded } from './accounts.mjs'

/** A variant of a drink that anybody may buy. */
export type Drink = { id: string; sku: string; name: string; path: string }
export type Placed = { id: string; number: string; state: string; guest_key: string | null }
type Products = {
  items: { name: string; slug: string; minimum_age: number; variants: { id: string; sku: string }[] }[]
}

/** A drink without alcohol that nobody else buys: each test has places of its own, in each window. */
export async function aDrink(
  request: APIRequestContext,
  { project }: TestInfo,
  place: number,
): Promise<Drink> {
  const answer = await request.get('/api/catalog/products?alcohol_free=true&page_size=100&sort=name')
  const { items } = (await answer.json()) as Products
  // Who looks for drinks finds the first ones, so these are the last.
  const found = items
    .filter(({ minimum_age }) => !minimum_age)
    .at(-1 - 2 * place - (project.name === 'phone' ? 1 : 0))
  const [variant] = found?.variants ?? []
  if (!found || !variant) throw new Error(`There is no drink at ${place}.`)
  const path = `/de/products/${found.slug}?variant=${encodeURIComponent(variant.sku)}`
  return { ...variant, name: found.name, path }
}

/** Has staff count so many of each drink on the shelf. */
export async function countStock(request: APIRequestContext, counted: [Drink, number][]) {
  const token = await accessToken(request, await seeded('support'))
  for (const [{ sku }, on_hand] of counted) {
    const answer = await request.post(`/api/inventory/stock/${encodeURIComponent(sku)}/adjustments`, {
      headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': randomUUID() },
      data: { on_hand, reason: 'counted' },
    })
    expect(answer.status(), await answer.text()).toBe(201)
  }
}

/** Puts drinks into the cart of whoever the requests come from, or whose token is given. */
export async function fillCart(request: APIRequestContext, drinks: [Drink, number][], token?: string) {
  for (const [{ id }, quantity] of drinks) {
    const answer = await request.post('/api/cart/add', {
      ...(token && { headers: { Authorization: `Bearer ${token}` } }),
      data: { variant_id: id, quantity },
    })
    expect(answer.status(), await answer.text()).toBe(200)
  }
}

/** Has a guest order drinks without the pages for it. */
export async function orderAsGuest(request: APIRequestContext, drinks: [Drink, number][]): Promise<Placed> {
  await fillCart(request, drinks)
  const answer = await request.post('/api/orders', {
    headers: { 'Idempotency-Key': randomUUID() },
    data: {
      shipping_address: {
        name: 'Gisela Gast',
        street: 'Malzweg 2',
        postal_code: '80331',
        city: 'München',
        country: 'DE',
      },
      shipping_method: 'standard',
      payment_method: 'pm_card_visa',
      age_confirmed: true,
      email: 'gisela@prost.test',
    },
  })
  expect([201, 202], await answer.text()).toContain(answer.status())
  return (await answer.json()) as Placed
}
