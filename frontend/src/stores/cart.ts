import { acceptPrices, addToCart, changeQuantity, fetchCart, mergeCart, removeFromCart } from '@/api/cart'
import type { Cart, CartLine } from '@/api/cart.types'
import type { Access } from '@/api/http'
import { RequestFailed } from '@/api/problem'
import { store, stored } from '@/api/storage'
import { MOST_OF_ONE } from '@/composables/quantity'

import { useAuthStore } from './auth'
import { useCaller } from './caller'

/** Says, for the next page and the other tabs, whose cart there is and how much is in it: `guest 3`. */
const HINT = 'prost.cart'

type Owner = 'guest' | 'customer'
type Hint = { owner: Owner; count: number }

/** What the visitor is about to buy. */
export const useCartStore = defineStore('cart', () => {
  const auth = useAuthStore()
  const caller = useCaller()
  const cart = shallowRef<Cart | null>(null)
  const failure = shallowRef<unknown>(null)
  const loading = ref(false)
  const hinted = ref(readHint())
  /** The quantities that the visitor has chosen and the service has not confirmed yet. */
  const wanted = reactive(new Map<string, number>())
  const adding = reactive(new Set<string>())
  /** What was taken out last, for as long as it can be put back. */
  const removed = shallowRef<CartLine | null>(null)
  const count = computed(() => cart.value?.count ?? hinted.value?.count ?? 0)
  const quantities = computed(
    () => new Map(cart.value?.lines.map((line) => [line.variant_id, quantityOf(line)])),
  )
  // Changes go one after the other, so that the last answer is the newest.
  let queue: Promise<unknown> = Promise.resolve()
  let changes = 0

  watch(
    () => auth.accountId,
    (id) => {
      changes += 1
      removed.value = null
      if (id === null) void forget()
      else void enter()
    },
  )

  /** Looks after the cart that this browser has, if any, and follows what other tabs do with it. */
  function start() {
    addEventListener('storage', ({ key }) => {
      if (key !== HINT) return
      hinted.value = readHint()
      if (hinted.value === null) cart.value = cart.value && empty(cart.value)
      else if (cart.value && cart.value.count !== hinted.value.count) void load()
    })
  }

  /** Reads the cart as it is after all that was asked for before; visitors without one are spared the request. */
  async function load(): Promise<void> {
    await auth.ready()
    // An answer from before a change must not be shown after the change's own.
    await queue
    await read()
  }

  async function read(): Promise<void> {
    if (readHint() === null && auth.accountId === null) {
      failure.value = null
      cart.value = cart.value && empty(cart.value)
      return
    }
    const before = changes
    loading.value = true
    failure.value = null
    try {
      const answer = await fetchCart(await caller())
      if (changes === before) show(answer)
    } catch (error) {
      failure.value = error
    } finally {
      loading.value = false
    }
  }

  /** Someone has signed in: what they collected before comes along. */
  async function enter(): Promise<void> {
    if (readHint()?.owner !== 'guest') return load()
    try {
      await change(() => mergeCart())
    } catch (error) {
      failure.value = error
    }
  }

  /** Someone has signed out: their cart waits for them, and is nobody else's. */
  function forget() {
    if (readHint()?.owner === 'guest') return load()
    note(null)
    cart.value = cart.value && empty(cart.value)
    return Promise.resolve()
  }

  /** Puts something in; returns how many of it there are now. */
  async function add(variantId: string, quantity = 1): Promise<number> {
    if (adding.has(variantId)) return quantities.value.get(variantId) ?? 0
    adding.add(variantId)
    try {
      const answer = await change((access) => addToCart(variantId, quantity, access))
      if (removed.value?.variant_id === variantId) removed.value = null
      return answer.lines.find((line) => line.variant_id === variantId)?.quantity ?? 0
    } finally {
      adding.delete(variantId)
    }
  }

  /** Sets how many of something are wanted. What is chosen while the service still answers is sent once, as it is then. */
  async function setQuantity(variantId: string, quantity: number): Promise<void> {
    const sending = wanted.has(variantId)
    wanted.set(variantId, Math.min(Math.max(quantity, 1), MOST_OF_ONE))
    if (sending) return
    try {
      let sent: number | undefined
      while (sent !== wanted.get(variantId)) {
        const next = (sent = wanted.get(variantId) ?? 1)
        await change((access) => changeQuantity(variantId, next, access))
      }
    } finally {
      wanted.delete(variantId)
    }
  }

  async function remove(line: CartLine): Promise<void> {
    // Told at once: an empty cart would take the place of what is said about it.
    removed.value = line
    try {
      await change((access) => removeFromCart(line.variant_id, access))
    } catch (error) {
      removed.value = null
      throw error
    }
  }

  /** Puts back what was taken out last. */
  async function undo(): Promise<void> {
    const line = removed.value
    if (!line) return
    removed.value = null
    await add(line.variant_id, line.quantity)
  }

  /** Accepts the prices as they are now. */
  const accept = () => change(acceptPrices)

  function change(request: (access: Access) => Promise<Cart>): Promise<Cart> {
    changes += 1
    const mine = queue
      .then(async () => request(await caller()))
      .catch(async (error: unknown) => {
        // What is shown is no longer what is there.
        if (error instanceof RequestFailed && error.kind === 'notFound') await read()
        throw error
      })
    queue = mine.then(show, () => undefined)
    return mine.then(async (answer) => {
      await queue
      return answer
    })
  }

  function show(answer: Cart) {
    cart.value = answer
    failure.value = null
    note({ owner: auth.accountId === null ? 'guest' : 'customer', count: answer.count })
  }

  function note(hint: Hint | null) {
    hinted.value = hint?.count ? hint : null
    store(HINT, hinted.value && `${hinted.value.owner} ${hinted.value.count}`)
  }

  const quantityOf = (line: CartLine) => wanted.get(line.variant_id) ?? line.quantity

  return {
    cart,
    count,
    quantities,
    failure,
    loading,
    adding,
    removed,
    start,
    load,
    add,
    setQuantity,
    quantityOf,
    remove,
    undo,
    accept,
  }
})

function readHint(): Hint | null {
  const [, owner, count] = /^(guest|customer) (\d{1,4})$/.exec(stored(HINT) ?? '') ?? []
  return owner ? { owner: owner as Owner, count: Number(count) } : null
}

const empty = (cart: Cart): Cart => {
  const nothing = { amount: '0.00', currency: cart.totals.total.currency }
  return {
    lines: [],
    count: 0,
    totals: { goods: nothing, deposit: nothing, total: nothing, vat: [] },
    minimum_age: 0,
    prices_changed: false,
    expires_at: null,
  }
}
