import { toValue, type MaybeRefOrGetter } from 'vue'

/**
 * The keyboard and state of a combobox with a list of proposals, after the ARIA pattern: the text field keeps the focus, and
 * `aria-activedescendant` points at the proposal that Enter would take.
 */
export function useCombobox<T>(options: MaybeRefOrGetter<readonly T[]>, pick: (option: T) => void) {
  const id = useId()
  const wanted = ref(false)
  const active = ref(-1)
  const count = computed(() => toValue(options).length)
  const expanded = computed(() => wanted.value && count.value > 0)

  watch(
    () => toValue(options),
    () => (active.value = -1),
  )

  const optionId = (index: number) => `${id}-option-${index}`

  function open() {
    wanted.value = true
  }

  function close() {
    wanted.value = false
    active.value = -1
  }

  function choose(index: number) {
    const option = toValue(options)[index]
    if (option === undefined) return
    close()
    pick(option)
  }

  /** Moves through -1 (the text field itself) and every proposal, round and round. */
  function move(step: 1 | -1) {
    open()
    const places = count.value + 1
    active.value = ((active.value + 1 + step + places) % places) - 1
  }

  function onKeydown(event: KeyboardEvent) {
    if (event.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      move(event.key === 'ArrowDown' ? 1 : -1)
    } else if (event.key === 'Enter' && expanded.value && active.value >= 0) {
      event.preventDefault()
      choose(active.value)
    } else if (event.key === 'Escape' && expanded.value) {
      event.preventDefault()
      close()
    }
  }

  const field = computed(() => ({
    role: 'combobox',
    autocomplete: 'off',
    'aria-autocomplete': 'list' as const,
    'aria-expanded': expanded.value,
    'aria-controls': `${id}-list`,
    'aria-activedescendant': active.value >= 0 ? optionId(active.value) : undefined,
  }))

  return { listId: `${id}-list`, optionId, field, expanded, active, open, close, choose, onKeydown }
}
