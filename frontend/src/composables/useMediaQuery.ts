/** Whether a media query matches, kept up to date. */
export function useMediaQuery(query: string) {
  const list = matchMedia(query)
  const matches = ref(list.matches)
  const update = () => (matches.value = list.matches)
  onMounted(() => list.addEventListener('change', update))
  onBeforeUnmount(() => list.removeEventListener('change', update))
  return matches
}
