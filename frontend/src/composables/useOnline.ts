/** Whether the browser has a network. */
export function useOnline() {
  const online = ref(navigator.onLine)
  const update = () => (online.value = navigator.onLine)
  onMounted(() => {
    addEventListener('online', update)
    addEventListener('offline', update)
  })
  onBeforeUnmount(() => {
    removeEventListener('online', update)
    removeEventListener('offline', update)
  })
  return online
}
