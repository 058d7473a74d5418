import { RequestFailed } from '@/api/problem'

import { useFailureText } from './useFailureText'
import { useIdentityText } from './useIdentityText'

type Values = Record<string, unknown>
type Fault = { code: string; advice: string[] }

export type FormOptions<V extends Values> = {
  /** The fields that may not be empty. */
  required?: () => (keyof V & string)[]
  submit: (values: V) => Promise<void>
  /** What to say of a failure instead of the usual. */
  explain?: (failure: RequestFailed) => string | undefined
}

export type Form<V extends Values = Values> = {
  values: V
  /** What is wrong with each field, in the current language. */
  readonly errors: { readonly [K in keyof V]?: string }
  /** What went wrong that belongs to no field. */
  readonly failure: string | null
  readonly busy: boolean
  /** How often sending was tried, successfully or not. */
  readonly attempts: number
  submit: () => Promise<void>
}

/**
 * A form's values, what is wrong with them, and their way to the service. What the service says of a field stands at that field
 * until it is changed; everything that was typed stays, whatever happens.
 */
export function useForm<V extends Values>(initial: V, options: FormOptions<V>): Form<V> {
  const t = useIdentityText()
  const failureText = useFailureText()
  const values = reactive({ ...initial }) as V
  const faults = reactive(new Map<string, Fault>())
  const unexplained = shallowRef<unknown>(null)
  const busy = ref(false)
  const attempts = ref(0)

  for (const name of Object.keys(initial)) {
    watch(
      () => values[name],
      () => faults.delete(name),
      { flush: 'sync' },
    )
  }

  const errors = computed(() =>
    Object.fromEntries([...faults].map(([name, fault]) => [name, textOf(name, fault)])),
  )

  const failure = computed(() => {
    const error = unexplained.value
    if (error === null) return null
    return (error instanceof RequestFailed ? options.explain?.(error) : undefined) ?? failureText(error)
  })

  async function submit() {
    if (busy.value) return
    faults.clear()
    unexplained.value = null
    for (const name of options.required?.() ?? []) {
      if (isEmpty(values[name])) faults.set(name, { code: 'missing', advice: [] })
    }
    if (faults.size === 0) await send()
    attempts.value += 1
  }

  async function send() {
    busy.value = true
    try {
      await options.submit(values)
    } catch (error) {
      if (!note(error)) unexplained.value = error
    } finally {
      busy.value = false
    }
  }

  /** Puts what a problem says of fields to those fields; false when something is left to say. */
  function note(error: unknown): boolean {
    const named = error instanceof RequestFailed ? (error.problem?.errors ?? []) : []
    const ours = named.filter(({ field }) => nameOf(field) in values)
    for (const { field, code } of ours) faults.set(nameOf(field), { code, advice: adviceIn(error) })
    return ours.length > 0 && ours.length === named.length
  }

  function textOf(name: string, { code, advice }: Fault): string {
    const texts: Record<string, string> = t.value.faults
    const said = advice.map((suggestion) => t.value.strength.suggestions[suggestion])
    return [texts[`${name}-${code}`] ?? texts[code] ?? t.value.faults.invalid, ...said]
      .filter(Boolean)
      .join(' ')
  }

  return reactive({ values, errors, failure, busy, attempts, submit }) as unknown as Form<V>
}

/** How a password could be better, in codes. */
function adviceIn(error: unknown): string[] {
  const problem: object = error instanceof RequestFailed ? (error.problem ?? {}) : {}
  return 'suggestions' in problem && Array.isArray(problem.suggestions) ? problem.suggestions.map(String) : []
}

/** The form's name for `body.email`. */
const nameOf = (field: string) => field.split('.')[1] ?? ''

const isEmpty = (value: unknown) => value === null || (typeof value === 'string' && value.trim() === '')
