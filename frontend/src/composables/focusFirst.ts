/** Moves the focus to the first element that a selector finds, once the page shows what has changed. */
export async function focusFirst(root: () => Element | null, selector: string) {
  await nextTick()
  root()?.querySelector<HTMLElement>(selector)?.focus()
}
