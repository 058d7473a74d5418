export type Theme = 'light' | 'dark'

const STORAGE_KEY = 'prost.theme'

const theme = ref<Theme>('light')

/** The appearance: the system's until the visitor chooses one. */
export function useTheme() {
  function apply(next: Theme) {
    theme.value = next
    document.documentElement.dataset.theme = next
  }

  /** Takes over what the boot script has set, and follows the system from then on. */
  function follow() {
    theme.value = document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light'
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
      if (!stored()) apply(matches ? 'dark' : 'light')
    })
  }

  function toggle() {
    apply(theme.value === 'dark' ? 'light' : 'dark')
    try {
      localStorage.setItem(STORAGE_KEY, theme.value)
    } catch {
      // Without storage the choice holds for this visit.
    }
  }

  return { theme, follow, toggle }
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}
