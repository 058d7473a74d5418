const TICK_MS = 1_000

/** The milliseconds until a moment, counting down while the component is there; never below 0. */
export function useTimeLeft(until: () => string) {
  const now = ref(Date.now())
  const left = computed(() => Math.max(0, Date.parse(until()) - now.value))
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    timer = setInterval(() => (now.value = Date.now()), TICK_MS)
  })
  onBeforeUnmount(() => clearInterval(timer))
  return left
}
