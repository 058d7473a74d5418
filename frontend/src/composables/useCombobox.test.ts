import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'

import { useCombobox } from './useCombobox'

function aCombobox(options: string[]) {
  const pick = vi.fn<(option: string) => void>()
  let box!: ReturnType<typeof useCombobox<string>>
  mount({
    setup() {
      box = useCombobox(() => options, pick)
      return () => null
    },
  })
  const press = (key: string) => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true })
    box.onKeydown(event)
    return event
  }
  return { box, pick, press }
}

test('arrows go through the proposals and back to the field', () => {
  const { box, press } = aCombobox(['Bier', 'Wein'])

  press('ArrowDown')
  expect(box.active.value).toBe(0)
  press('ArrowDown')
  expect(box.active.value).toBe(1)
  press('ArrowDown')
  expect(box.active.value).toBe(-1)
  press('ArrowUp')
  expect(box.active.value).toBe(1)
  expect(box.field.value['aria-activedescendant']).toBe(box.optionId(1))
})

test('Enter takes the active proposal and closes the list', () => {
  const { box, pick, press } = aCombobox(['Bier', 'Wein'])

  press('ArrowDown')
  const event = press('Enter')

  expect(pick).toHaveBeenCalledExactlyOnceWith('Bier')
  expect(event.defaultPrevented).toBe(true)
  expect(box.expanded.value).toBe(false)
})

test('Enter in the field itself is left to the form', () => {
  const { box, pick, press } = aCombobox(['Bier'])
  box.open()

  const event = press('Enter')

  expect(pick).not.toHaveBeenCalled()
  expect(event.defaultPrevented).toBe(false)
})

test('Escape closes the list', () => {
  const { box, press } = aCombobox(['Bier'])
  press('ArrowDown')

  press('Escape')

  expect(box.expanded.value).toBe(false)
})

test('without proposals there is no list to open', () => {
  const { box } = aCombobox([])

  box.open()

  expect(box.expanded.value).toBe(false)
})
