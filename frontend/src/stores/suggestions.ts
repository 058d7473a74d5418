import { fetchSuggestions } from '@/api/catalog'
import type { Suggestion } from '@/api/catalog.types'

const PAUSE_MS = 120
const SHORTEST = 2

/** What the search field proposes while the visitor types. */
export const useSuggestionsStore = defineStore('suggestions', () => {
  const suggestions = shallowRef<Suggestion[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined
  let current: AbortController | null = null

  /** Asks for proposals after a short pause; every call cancels the one before. */
  function suggest(text: string) {
    clearTimeout(timer)
    current?.abort()
    const q = text.trim()
    if (q.length < SHORTEST) {
      suggestions.value = []
      return
    }
    const mine = (current = new AbortController())
    timer = setTimeout(async () => {
      try {
        suggestions.value = await fetchSuggestions(q, mine.signal)
      } catch {
        // Proposals are a courtesy: without them the search still works.
        if (!mine.signal.aborted) suggestions.value = []
      }
    }, PAUSE_MS)
  }

  return { suggestions, suggest }
})
