import { expect, test } from '@playwright/test'

import { accessToken, signIn } from './accounts.mjs'
import {
  choosePayment,
  expectConfirmed,
  fillAddress,
  heading,
  main,
  order,
  putInCart,
  putThisInCart,
  toCheckout,
} from './buying'
import { aCustomer, fillSignIn } from './identity'
import { aDrink, countStock, fillCart, orderAsGuest } from './others'

test('what somebody else has bought meanwhile is named, and what is left can be ordered', async ({
  page,
  request,
}, info) => {
  const last = await aDrink(request, info, 0)
  const scarce = await aDrink(request, info, 1)
  await countStock(request, [
    [last, 1],
    [scarce, 4],
  ])
  await page.goto(last.path)
  await putThisInCart(page)
  await page.goto(scarce.path)
  await putThisInCart(page, 3)
  await toCheckout(page)
  await fillAddress(page, 'gast@prost.test')
  await choosePayment(page)
  await orderAsGuest(request, [
    [last, 1],
    [scarce, 2],
  ])

  await order(page)
  const notice = main(page).getByRole('alert')
  await expect(notice).toContainText('Bestellt und abgebucht ist nichts.')
  await expect(notice).toBeFocused()
  await expect(notice).toContainText(`${last.name}: vergriffen`)
  await expect(notice).toContainText(`${scarce.name}: 3 gewünscht, 2 noch da`)
  await notice.getByRole('button', { name: 'Nehmen, was da ist' }).click()
  await expect(notice).toBeHidden()
  await order(page)

  await expectConfirmed(page)
  const lines = main(page).getByRole('region', { name: 'Was drin ist' })
  await expect(lines.getByRole('listitem')).toHaveCount(1)
  await expect(lines).toContainText(`2 × ${scarce.name}`)
})

test('who signs in in the middle of the checkout loses nothing they typed or chose, and gets both carts', async ({
  page,
  request,
}, info) => {
  const customer = await aCustomer(request)
  const before = await aDrink(request, info, 2)
  await fillCart(request, [[before, 2]], await accessToken(request, customer))
  const now = await putInCart(page)
  await toCheckout(page)
  await fillAddress(page, 'gast@prost.test')
  await page.getByRole('radio', { name: 'Express' }).check()
  await page.getByRole('button', { name: 'Weiter zur Zahlung' }).click()
  await page.getByRole('radio', { name: /^Mastercard/ }).check()

  await page.getByRole('banner').getByRole('link', { name: 'Anmelden' }).click()
  await fillSignIn(page, customer)

  await expect(heading(page)).toContainText('Wie möchten Sie zahlen?')
  await expect(page.getByRole('radio', { name: /^Mastercard/ })).toBeChecked()
  await page.getByRole('button', { name: 'Weiter zum Prüfen' }).click()
  await expect(main(page)).toContainText('Hopfenweg 1')
  await expect(main(page)).toContainText('Express')
  await order(page)
  await expectConfirmed(page)
  const lines = main(page).getByRole('region', { name: 'Was drin ist' })
  await expect(lines).toContainText(`2 × ${before.name}`)
  await expect(lines).toContainText(`1 × ${now}`)
})

test('what was typed into the address before signing in is still there afterwards', async ({
  page,
  request,
}) => {
  const customer = await aCustomer(request)
  await putInCart(page)
  await toCheckout(page)
  await page.getByLabel('Vor- und Nachname').fill('Gerda Gerste')
  await page.getByLabel('Postleitzahl').fill('50667')

  await page.getByRole('link', { name: 'Anmelden und Adressen übernehmen' }).click()
  await fillSignIn(page, customer)

  await expect(heading(page)).toContainText('Wohin damit?')
  await expect(page.getByLabel('Vor- und Nachname')).toHaveValue('Gerda Gerste')
  await expect(page.getByLabel('Postleitzahl')).toHaveValue('50667')
  await expect(page.getByLabel('E-Mail-Adresse')).toBeHidden()
})

test('a session that ends at the checkout is taken up again, and the order is its owner’s', async ({
  page,
  request,
}) => {
  const customer = await aCustomer(request)
  await page.clock.install()
  await signIn(page, customer)
  await putInCart(page)
  await toCheckout(page)
  await fillAddress(page, null)
  await choosePayment(page)
  const token = await accessToken(request, customer)
  const ended = await request.delete('/api/auth/me/sessions', {
    headers: { Authorization: `Bearer ${token}` },
  })
  expect(ended.status()).toBe(204)
  await page.clock.fastForward('01:00:00')

  await order(page)
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('heading')).toHaveText('Bitte noch einmal anmelden')
  await expect(dialog.getByLabel('E-Mail-Adresse')).toHaveValue(customer.email)
  await dialog.getByLabel('Passwort', { exact: true }).fill(customer.password)
  await dialog.getByRole('button', { name: 'Anmelden' }).click()

  await expectConfirmed(page)
  await expect(main(page)).toContainText('Hopfenweg 1')
  await page.goto('/de/account/orders')
  await expect(main(page).getByRole('article')).toHaveCount(1)
})
