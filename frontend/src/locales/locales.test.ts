import { expect, test } from 'vitest'

import { accountTexts } from './account'
import { buyingTexts } from './buying'
import de from './de'
import en from './en'
import { identityTexts } from './identity'
import { staffTexts } from './staff'

type Tree = Record<string, unknown>

function keysOf(tree: Tree, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? keysOf(value as Tree, `${path}${key}.`) : [`${path}${key}`],
  )
}

test.each([
  ['the shop', { de, en }],
  ['getting in', identityTexts],
  ['the account', accountTexts],
  ['the staff', staffTexts],
  ['buying', buyingTexts],
])('both languages say the same things in %s', (_part, texts) => {
  expect(keysOf(texts.en)).toEqual(keysOf(texts.de))
})

test('one thing is counted in the singular', () => {
  expect([de.list.results(1), de.list.results(2), en.list.results(1)]).toEqual([
    '1 Getränk',
    '2 Getränke',
    '1 drink',
  ])
})
