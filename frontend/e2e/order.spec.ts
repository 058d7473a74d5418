import { readFile } from 'node:fs/promises'

import { expect, test, type Page } from '@playwright/test'

import { APPEARANCES, expectNoViolations } from './axe'
import { expectConfirmed, heading, main } from './buying'
import { aDrink, orderAsGuest, type Drink, type Placed } from './others'
import { textOf } from './pdf'

const withdrawal = (page: Page) => main(page).getByRole('region', { name: 'Doch nicht?' })

/** Opens the page of an order that the page's browser has placed. */
async function openOrder(page: Page, drinks: [Drink, number][]): Promise<Placed> {
  const placed = await orderAsGuest(page.request, drinks)
  await page.goto(`/de/orders/${placed.id}`)
  await expectConfirmed(page)
  return placed
}

/** What the browser saves when a button is pressed. */
async function saved(page: Page, button: string) {
  const coming = page.waitForEvent('download')
  await main(page).getByRole('button', { name: button }).click()
  const file = await coming
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) }
}

test('the invoice is a PDF with the order’s number, its goods, the deposit and the total', async ({
  page,
  request,
}, info) => {
  const drink = await aDrink(request, info, 4)
  const { number } = await openOrder(page, [[drink, 3]])
  const total = (await page.getByTestId('total').textContent()) ?? ''

  const { name, content } = await saved(page, 'Rechnung (PDF)')

  expect(name).toBe(`prost-rechnung-${number}.pdf`)
  const text = textOf(content)
  expect(text).toMatch(/^Rechnung RE-\d{4}-\d{6}$/m)
  expect(text).toContain(number)
  expect(text).toContain(drink.name)
  expect(text).toContain(`Pfand (${drink.sku})`)
  expect(text).toContain(total.trim().replace('\u00a0', ' '))
})

test('somebody withdraws from a part, gets a receipt, and then from the rest', async ({
  page,
  request,
}, info) => {
  const drink = await aDrink(request, info, 5)
  const { number } = await openOrder(page, [[drink, 3]])

  await page.getByRole('button', { name: 'Vertrag widerrufen' }).click()
  await expect(page.getByRole('heading', { name: 'Vertrag widerrufen' })).toBeFocused()
  const quantity = page.getByRole('combobox', { name: drink.name })
  await expect(quantity).toHaveValue('3')
  await quantity.selectOption('0')
  await page.getByRole('button', { name: 'Weiter' }).click()
  await expect(page.getByRole('alert')).toHaveText('Wählen Sie mindestens eine Flasche.')
  await quantity.selectOption('1')
  await page.getByRole('button', { name: 'Weiter' }).click()
  await expect(page.getByRole('heading', { name: 'Widerruf bestätigen' })).toBeFocused()
  await expect(withdrawal(page).getByRole('listitem')).toContainText(`1 × ${drink.name}`)
  await page.getByRole('button', { name: 'Widerruf bestätigen' }).click()
  await expect(page.getByRole('heading', { name: 'Ihr Widerruf ist eingegangen' })).toBeFocused()

  const { name, content } = await saved(page, 'Bestätigung sichern')
  expect(name).toBe(`prost-widerruf-${number}.txt`)
  const receipt = content.toString()
  expect(receipt).toContain(number)
  expect(receipt).toContain(`1 × ${drink.name}`)
  expect(receipt).toMatch(/^Eingegangen am \d.+:\d\d/m)
  expect(receipt).toMatch(/^Erstattet werden \d+,\d\d\s€/m)
  await page.reload()
  const returns = main(page).getByRole('list', { name: 'Widerrufe' }).getByRole('listitem')
  await expect(returns).toHaveCount(1)
  await expect(returns).toContainText('Eingegangen am')

  await page.getByRole('button', { name: 'Vertrag widerrufen' }).click()
  await expect(quantity).toHaveValue('2')
  await page.getByRole('button', { name: 'Weiter' }).click()
  await page.getByRole('button', { name: 'Widerruf bestätigen' }).click()
  await expect(heading(page)).toHaveText('Diese Bestellung ist widerrufen')
  await expect(returns).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'Vertrag widerrufen' })).toHaveCount(0)
})

test('the steps of a withdrawal hold to WCAG', async ({ page, request }, info) => {
  const drink = await aDrink(request, info, 6)
  const { id } = await openOrder(page, [[drink, 2]])

  for (const { locale, colorScheme } of APPEARANCES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(`/${locale}/orders/${id}`)
    await main(page)
      .getByRole('button', { name: /^(Vertrag widerrufen|Withdraw)/ })
      .click()
    await main(page).getByRole('combobox').selectOption('1')
    await expectNoViolations(page)
    await main(page).locator('form [type=submit]').click()
    await expectNoViolations(page)
    await main(page).locator('form [type=submit]').click()
    await expect(main(page).getByRole('heading', { level: 3 })).toBeFocused()
    await expectNoViolations(page)
  }
})

test('who does not have a guest’s key does not see the order', async ({ page, request, browser }, info) => {
  const drink = await aDrink(request, info, 7)
  const { id, guest_key: key } = await openOrder(page, [[drink, 1]])

  const stranger = await (await browser.newContext()).newPage()
  await stranger.goto(`/de/orders/${id}`)
  await expect(main(stranger).getByRole('alert')).toContainText('Diese Bestellung gibt es hier nicht.')
  await stranger.goto(`/de/orders/${id}?key=${encodeURIComponent(key ?? '')}`)

  await expectConfirmed(stranger)
  await stranger.context().close()
})
