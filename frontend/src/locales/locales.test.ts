import { expect, test } from 'vitest'

import de from './de'
import en from './en'

type Tree = Record<string, unknown>

function keysOf(tree: Tree, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? keysOf(value as Tree, `${path}${key}.`) : [`${path}${key}`],
  )
}

test('both languages say the same things', () => {
  expect(keysOf(en)).toEqual(keysOf(de))
})

test('one thing is counted in the singular', () => {
  expect([de.list.results(1), de.list.results(2), en.list.results(1)]).toEqual([
    '1 Getränk',
    '2 Getränke',
    '1 drink',
  ])
})
