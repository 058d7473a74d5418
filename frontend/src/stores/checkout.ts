import { fetchQuote, placeOrder } from '@/api/orders'
import type { Order, Quote } from '@/api/orders.types'
import { RequestFailed } from '@/api/problem'
import { storedForTab, storeForTab } from '@/api/storage'
import { emptyDraft, orderOf, readDraft, type Draft } from '@/composables/checkoutDraft'

import { useAuthStore } from './auth'
import { useCallerOf } from './caller'
import { useOrderStore } from './order'

const KEPT = 'prost.checkout'
/** The order that the draft has become. */
const PLACED = 'prost.checkout.placed'
const IN_FLIGHT = 'request-in-flight'
const ASK_AGAIN_MS = 1_500
/** How often an order that is still being worked on is asked for before the visitor is told. */
const ASKED = 6

/** What becomes of an order that was sent. */
export type Outcome = { kind: 'placed'; order: Order } | { kind: 'refused'; order: Order }

/** The way from a cart to an order. */
export const useCheckoutStore = defineStore('checkout', () => {
  const auth = useAuthStore()
  const callerOf = useCallerOf()
  const orders = useOrderStore()
  const draft = ref<Draft>(emptyDraft(null))
  const quote = shallowRef<Quote | null>(null)
  const quoting = ref(false)
  const quoteFailure = shallowRef<unknown>(null)
  const ordering = ref(false)
  /** The order that came to nothing, so that another try can say why. */
  const refused = shallowRef<Order | null>(null)
  /** What the service found wrong with which field, in codes. */
  const faults = reactive(new Map<string, string>())
  const isGuest = computed(() => draft.value.owner === null)
  let opened = false
  let turn = 0

  watch(draft, (next) => opened && storeForTab(KEPT, JSON.stringify(next)), { deep: true, flush: 'sync' })

  watch(
    () => auth.accountId,
    (id) => {
      if (!opened) return
      // A session that ends keeps its owner's work; another person's begins anew.
      if (id !== null && draft.value.owner !== null && id !== draft.value.owner) draft.value = emptyDraft(id)
      else if (id === null) draft.value = emptyDraft(null)
      else draft.value.owner = id
      fillIn()
    },
  )
  watch(() => auth.account, fillIn)

  /** Takes up what was entered before, or begins with what the account knows. */
  async function open(): Promise<void> {
    if (opened) return
    await auth.ready()
    draft.value = readDraft(storedForTab(KEPT), auth.accountId) ?? emptyDraft(auth.accountId)
    opened = true
    fillIn()
  }

  function fillIn() {
    if (!opened || !auth.account) return
    const { name: to, street: at, postal_code: code, city: place } = draft.value.address
    // What somebody has typed before they signed in is theirs, however little it is.
    if ([to, at, code, place].some(Boolean)) return
    const known = auth.account.addresses.find((it) => it.is_default) ?? auth.account.addresses[0]
    const { name, street, postal_code, city, country } = known ?? {
      ...draft.value.address,
      name: auth.account.name,
    }
    draft.value.address = { name, street, postal_code, city, country }
  }

  /** Asks what it costs; a failure keeps the last answer and says why. */
  async function askPrice(): Promise<void> {
    const mine = (turn += 1)
    const { shipping, voucher } = draft.value
    quoting.value = true
    try {
      const answer = await fetchQuote(
        { shipping_method: shipping || 'standard', ...(voucher && { voucher }) },
        await callerOf(draft.value.owner),
      )
      if (mine !== turn) return
      quote.value = answer
      quoteFailure.value = null
    } catch (error) {
      if (mine === turn) quoteFailure.value = error
    } finally {
      if (mine === turn) quoting.value = false
    }
  }

  /**
   * Redeems a voucher, or takes it away.
   *
   * @throws {RequestFailed} when it is not good; the one before stays.
   */
  async function redeem(code: string): Promise<void> {
    const before = draft.value.voucher
    draft.value.voucher = code
    await askPrice()
    const failure = quoteFailure.value
    if (!(failure instanceof RequestFailed)) return
    draft.value.voucher = before
    quoteFailure.value = null
    throw failure
  }

  /**
   * Orders. Until there is an answer, whatever happens to the page, the same order goes out under the same key.
   *
   * @throws {RequestFailed} when the service refuses it, or could not be reached.
   */
  async function order(): Promise<Outcome> {
    if (ordering.value) throw new RequestFailed('conflict', 409)
    ordering.value = true
    const isFirst = draft.value.attempt === null
    const attempt = (draft.value.attempt ??= {
      key: crypto.randomUUID(),
      order: orderOf(draft.value, isGuest.value),
    })
    try {
      const answer = await insist(attempt)
      draft.value.attempt = null
      return settle(answer)
    } catch (error) {
      noteFaults(error)
      if (isAnswer(error) || (isFirst && wasTurnedAway(error))) draft.value.attempt = null
      throw error
    } finally {
      ordering.value = false
    }
  }

  async function insist({ key, order: wish }: NonNullable<Draft['attempt']>): Promise<Order> {
    for (let asked = 1; ; asked += 1) {
      try {
        return await placeOrder(wish, key, await callerOf(draft.value.owner))
      } catch (error) {
        const stillAtIt = error instanceof RequestFailed && error.code === IN_FLIGHT
        if (!stillAtIt || asked === ASKED) throw error
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS))
      }
    }
  }

  function noteFaults(error: unknown) {
    faults.clear()
    if (!(error instanceof RequestFailed)) return
    for (const { field, code } of error.problem?.errors ?? []) faults.set(field.split('.').at(-1) ?? '', code)
  }

  function settle(answer: Order): Outcome {
    if (answer.state === 'REJECTED') {
      refused.value = answer
      return { kind: 'refused', order: answer }
    }
    refused.value = null
    storeForTab(PLACED, answer.id)
    orders.take(answer)
    return { kind: 'placed', order: answer }
  }

  /** Forgets what was entered once it has become a good order. */
  function finish(orderId: string) {
    if (storedForTab(PLACED) !== orderId) return
    opened = false
    draft.value = emptyDraft(auth.accountId)
    quote.value = refused.value = null
    storeForTab(KEPT, null)
    storeForTab(PLACED, null)
  }

  return {
    draft,
    isGuest,
    quote,
    quoting,
    quoteFailure,
    ordering,
    refused,
    faults,
    open,
    askPrice,
    redeem,
    order,
    finish,
  }
})

/** Whether the request did not even reach the service; an earlier one with the same key may have. */
const wasTurnedAway = (error: unknown): boolean =>
  error instanceof RequestFailed && (error.kind === 'signedOut' || error.kind === 'tooMany')

/** Whether the service has decided about the request: what went wrong on the way may have been decided all the same. */
const isAnswer = (error: unknown): boolean =>
  error instanceof RequestFailed &&
  error.code !== IN_FLIGHT &&
  (error.kind === 'invalid' ||
    error.kind === 'conflict' ||
    error.kind === 'notFound' ||
    error.kind === 'forbidden')
