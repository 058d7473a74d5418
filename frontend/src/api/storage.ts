/** The browser's local storage, which a visitor may have refused; it is then as if nothing were ever kept. */

export function stored(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Keeps a value, or forgets it for null. */
export function store(key: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Whatever reads it copes with null.
  }
}

/** The same for what ends with the tab. */
export function storedForTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

/** Keeps a value until the tab is closed, or forgets it for null. */
export function storeForTab(key: string, value: string | null) {
  try {
    if (value === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // Whatever reads it copes with null.
  }
}
