import { randomUUID } from 'node:crypto'

import { expect, type APIRequestContext, type TestInfo } from '@playwright/test'

import { accessToken, seeded } from './accounts.mjs'

/** How many tests there may be that buy what nobody else does. */
const PLACES = 8

/** A variant of a drink that anybody may buy. */
export type Drink = { id: string; sku: string; name: string; path: string }
export type Placed = { id: string; number: string; state: string; guest_key: string | null }
type Variant = { id: string; sku: string; deposit: { kind: string } }
type Stock = { items: { sku: string; state: string }[] }
type Products = {
  items: { name: string; slug: string; minimum_age: number; variants: Variant[] }[]
}

/**
 * A drink without alcohol and with a deposit of which there is plenty, and which nobody else buys: each test has places of its own,
 * in each window.
 */
export async function aDrink(
  request: APIRequestContext,
  { project }: TestInfo,
  place: number,
): Promise<Drink> {
  const answer = await request.get('/api/catalog/products?alcohol_free=true&page_size=100&sort=name')
  const { items } = (await answer.json()) as Products
  const mine = 2 * place + (project.name === 'phone' ? 1 : 0)
  const drinks = items
    // Who looks for drinks finds the first ones, so these are taken from the end.
    .toReversed()
    .filter(({ minimum_age, variants }) => !minimum_age && variants[0]?.deposit.kind === 'reusable')
    .filter((_, index) => index % (2 * PLACES) === mine)
    .flatMap(({ name, slug, variants }) =>
      variants.slice(0, 1).map((variant) => ({ ...variant, name, slug })),
    )
  const skus = drinks.map(({ sku }) => sku).join()
  const told = await request.get(`/api/inventory/availability?skus=${encodeURIComponent(skus)}`)
  const { items: stock } = (await told.json()) as Stock
  const plenty = new Set(stock.filter(({ state }) => state === 'in_stock').map(({ sku }) => sku))
  const found = drinks.find(({ sku }) => plenty.has(sku))
  if (!found) throw new Error(`There is no drink at ${place}.`)
  return { ...found, path: `/de/products/${found.slug}?variant=${encodeURIComponent(found.sku)}` }
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
