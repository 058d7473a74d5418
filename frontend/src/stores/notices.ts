const SHOWN_MS = 8_000

export type Notice = { id: number; text: string }

/** Short messages for what went wrong outside the page's own content. */
export const useNoticesStore = defineStore('notices', () => {
  const notices = ref<Notice[]>([])
  let last = 0

  /** Shows a message for a while; the same message is not shown twice at once. */
  function add(text: string) {
    if (notices.value.some((notice) => notice.text === text)) return
    const id = (last += 1)
    notices.value.push({ id, text })
    setTimeout(() => dismiss(id), SHOWN_MS)
  }

  function dismiss(id: number) {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  return { notices, add, dismiss }
})
