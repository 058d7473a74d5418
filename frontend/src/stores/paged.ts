/** A list that is read page by page; `read` gets the token of the next page, and null for the first. */
export function usePaged<T>(
  read: (pageToken: string | null) => Promise<{ items: T[]; next_page_token: string | null }>,
) {
  const items = shallowRef<T[] | null>(null)
  const next = ref<string | null>(null)
  const failure = shallowRef<unknown>(null)
  const loading = ref(false)
  let turn = 0

  /** Reads the list from its beginning; an answer that another call has overtaken is dropped. */
  const load = () => fetchPage(null)

  /** Appends the next page. */
  const more = () => (next.value && !loading.value ? fetchPage(next.value) : Promise.resolve())

  async function fetchPage(pageToken: string | null) {
    const mine = (turn += 1)
    loading.value = true
    failure.value = null
    try {
      const page = await read(pageToken)
      if (mine !== turn) return
      items.value = pageToken ? [...(items.value ?? []), ...page.items] : page.items
      next.value = page.next_page_token
    } catch (error) {
      if (mine === turn) failure.value = error
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  function clear() {
    turn += 1
    items.value = failure.value = next.value = null
  }

  return { items, next, failure, loading, load, more, clear }
}
