import { expect, test, type Page } from '@playwright/test'

import { seeded, signIn, totp } from './accounts.mjs'
import { aCustomer, anApplication, aPerson, fillSignIn, mailedLink } from './identity'

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const accountMenu = (page: Page) => page.getByRole('banner').getByRole('button', { name: 'Ihr Konto' })
const fault = (code: string) => ({
  contentType: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', title: code, status: 401, code }),
})

async function openProduct(page: Page, index: number) {
  await page.goto('/de/products?sort=name')
  await page.getByRole('main').getByRole('article').nth(index).getByRole('link').click()
  await expect(page.getByRole('heading', { name: 'Und was sagen Sie?' })).toBeVisible()
}

async function writeReview(page: Page, title: string) {
  await page.getByRole('button', { name: 'Bewertung schreiben' }).click()
  await page.getByRole('radio', { name: '4 Sterne' }).check()
  await page.getByLabel('In einem Satz').fill(title)
}

test('somebody signs up, confirms by the mail, signs in, changes their profile, signs out and comes back', async ({
  page,
}) => {
  const person = aPerson()
  await page.goto('/de')
  await page.getByRole('banner').getByRole('link', { name: 'Anmelden' }).click()
  await page.getByRole('main').getByRole('link', { name: 'Konto anlegen' }).click()
  await page.getByLabel('Name').fill(person.name)
  await page.getByLabel('E-Mail-Adresse').fill(person.email)
  const password = page.getByLabel('Passwort', { exact: true })
  await password.fill('sommer2026')
  await expect(page.getByText('Sehr schwach')).toBeVisible()
  await page.getByRole('button', { name: 'Konto anlegen' }).click()
  await expect(password).toHaveAttribute('aria-invalid', 'true')
  await expect(password).toBeFocused()
  await expect(page.getByText('zu leicht zu erraten')).toBeVisible()
  await password.fill(person.password)
  await page.getByRole('button', { name: 'Konto anlegen' }).click()
  await expect(heading(page)).toHaveText('Jetzt in Ihr Postfach schauen')

  await page.goto(await mailedLink(person.email))
  await expect(heading(page)).toHaveText('Adresse bestätigt.')
  await expect(page).toHaveURL(/\/de\/verify$/)

  await page.getByRole('main').getByRole('link', { name: 'Anmelden' }).click()
  await fillSignIn(page, person)
  await expect(heading(page)).toHaveText('Prost, Rosa Reinheit!')

  await page.getByLabel('Name').fill('Rosa Roggen')
  await page.getByRole('button', { name: 'Speichern' }).click()
  await expect(heading(page)).toHaveText('Prost, Rosa Roggen!')
  await page.reload()
  await expect(page.getByLabel('Name')).toHaveValue('Rosa Roggen')

  await accountMenu(page).click()
  await page.getByRole('button', { name: 'Abmelden' }).click()
  await expect(page).toHaveURL(/\/de$/)
  await expect(page.getByRole('banner').getByRole('link', { name: 'Anmelden' })).toBeVisible()
  await page.goto('/de/account')
  await expect(heading(page)).toHaveText('Anmelden')

  await fillSignIn(page, person)
  await expect(heading(page)).toHaveText('Prost, Rosa Roggen!')
})

test('a visitor who never signed in makes no request to the identity service', async ({ page }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))

  await openProduct(page, 0)

  expect(asked.filter((path) => path.startsWith('/api/auth'))).toEqual([])
})

test('a wrong password says so, and what was typed stays', async ({ page }) => {
  const { email } = await seeded('customer')
  await page.goto('/de/login')

  await fillSignIn(page, { email, password: 'ganz und gar falsch' })

  await expect(page.getByRole('alert')).toHaveText('E-Mail-Adresse oder Passwort stimmt nicht.')
  await expect(page.getByLabel('E-Mail-Adresse')).toHaveValue(email)
})

test('signing in leads to where one was going, and never to another site', async ({ page }) => {
  const customer = await seeded('customer')
  await page.goto('/de/account/addresses')
  await expect(page).toHaveURL(/\/de\/login\?to=/)
  await fillSignIn(page, customer)
  await expect(page).toHaveURL(/\/de\/account\/addresses$/)
  await expect(page.getByText('Hopfengasse 12').first()).toBeVisible()

  await page.goto('/de/login?to=https://evil.test/')
  await expect(page).toHaveURL(/\/de\/account$/)
  await page.goto('/de/login?to=//evil.test/')
  await expect(page).toHaveURL(/\/de\/account$/)
})

test('a session that ends in the middle of a form costs nothing that was typed', async ({ page }) => {
  const customer = await seeded('customer')
  const street = `Malzgasse ${Date.now()}`
  await signIn(page, customer)
  await page.goto('/de/account/addresses')
  await page.getByRole('button', { name: 'Adresse hinzufügen' }).click()
  await page.getByLabel('Straße und Hausnummer').fill(street)
  await page.getByLabel('Postleitzahl').fill('50667')
  await page.getByRole('textbox', { name: 'Ort' }).fill('Köln')
  await page.route(
    '**/api/auth/me/addresses',
    (route) => route.fulfill({ status: 401, ...fault('unauthenticated') }),
    {
      times: 1,
    },
  )
  await page.route(
    '**/api/auth/refresh',
    (route) => route.fulfill({ status: 401, ...fault('session-ended') }),
    {
      times: 1,
    },
  )

  await page.getByRole('button', { name: 'Speichern' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('heading')).toHaveText('Bitte noch einmal anmelden')
  await expect(dialog.getByLabel('E-Mail-Adresse')).toHaveValue(customer.email)
  await dialog.getByLabel('Passwort', { exact: true }).fill(customer.password)
  await dialog.getByRole('button', { name: 'Anmelden' }).click()

  const card = page.getByRole('article').filter({ hasText: street })
  await expect(card).toContainText('50667 Köln')
  await expect(dialog).toBeHidden()
  await card.getByRole('button', { name: 'Löschen' }).click()
  await card.getByRole('button', { name: 'Löschen' }).click()
  await expect(card).toBeHidden()
})

test('who does not want to sign in again keeps the form', async ({ page }) => {
  await signIn(page, await seeded('customer'))
  await page.goto('/de/account')
  await page.getByLabel('Name').fill('Jemand Anderes')
  await page.route('**/api/auth/me', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 401, ...fault('unauthenticated') })
      : route.continue(),
  )
  await page.route('**/api/auth/refresh', (route) =>
    route.fulfill({ status: 401, ...fault('session-ended') }),
  )

  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Nicht jetzt' }).click()

  await expect(page.getByRole('alert')).toContainText('noch da')
  await expect(page.getByLabel('Name')).toHaveValue('Jemand Anderes')
})

test('all tabs know at once who is signed in, and who no longer is', async ({ page, context }) => {
  const customer = await seeded('customer')
  const other = await context.newPage()
  await other.goto('/de/products')
  await page.goto('/de/login')
  await fillSignIn(page, customer)
  await expect(accountMenu(page)).toBeVisible()

  await expect(accountMenu(other)).toBeVisible()
  await accountMenu(other).click()
  await other.getByRole('button', { name: 'Abmelden' }).click()

  await expect(page).toHaveURL(/\/de$/)
  await expect(page.getByRole('banner').getByRole('link', { name: 'Anmelden' })).toBeVisible()
})

test('pages that are loaded one upon the other stay signed in', async ({ page, context }) => {
  await signIn(page, await seeded('customer'))
  const others = await Promise.all([context.newPage(), context.newPage()])

  // Each of these renews the session by a cookie that is good for one use.
  await Promise.all([page, ...others].map((tab) => tab.goto('/de/account', { waitUntil: 'commit' })))
  await page.reload({ waitUntil: 'commit' })
  await page.goto('/de/account/privacy')

  await expect(heading(page)).toHaveText('Datenschutz')
  for (const tab of others) await expect(heading(tab)).toContainText('Prost,')
})

test('a customer writes a review, and staff publishes it', async ({ page, browser, request }, {
  project,
}) => {
  const title = `Süffig ${Date.now()}`
  const index = project.name === 'phone' ? 1 : 2
  const customer = await aCustomer(request)
  await openProduct(page, index)
  await page.getByRole('link', { name: 'Zum Bewerten anmelden' }).click()
  await fillSignIn(page, customer)
  await expect(page).toHaveURL(/\/de\/products\//)
  await writeReview(page, title)
  await page.getByRole('button', { name: 'Bewertung abgeben' }).click()
  await expect(page.getByText('wird gelesen, bevor sie hier erscheint')).toBeVisible()
  const product = page.url()

  const staff = await (await browser.newContext()).newPage()
  await staff.goto('/de/staff')
  await fillSignIn(staff, await seeded('catalog'))
  await expect(heading(staff)).toHaveText('Bewertungen')
  const entry = staff.getByRole('article').filter({ hasText: title })
  await expect(entry).toContainText('zu ')
  await entry.getByRole('button', { name: 'Veröffentlichen' }).click()
  await expect(entry).toBeHidden()
  await staff.goto('/de/staff/events')
  await expect(heading(staff)).toHaveText('Nur fürs Personal.')
  await staff.context().close()

  await page.goto(product)
  await writeReview(page, title)
  await page.getByRole('button', { name: 'Bewertung abgeben' }).click()
  await expect(page.getByText('schon bewertet')).toBeVisible()
})

test('who has not confirmed their address is told so instead of a form', async ({ page, request }) => {
  const person = aPerson()
  expect((await request.post('/api/auth/signup', { data: person })).status()).toBe(202)
  await signIn(page, person)

  await openProduct(page, 0)

  await expect(page.getByText('Bewerten kann, wer seine E-Mail-Adresse bestätigt hat.')).toBeVisible()
  await page.getByRole('button', { name: 'Nachricht noch einmal senden' }).click()
  await expect(page.getByText('Ist unterwegs.')).toBeVisible()
})

test('a customer sets up a second factor, and needs it from then on', async ({ page, request }) => {
  const customer = await aCustomer(request)
  await signIn(page, customer)
  await page.goto('/de/account/security')
  await page.getByRole('button', { name: 'Einrichten' }).click()
  const section = page.getByRole('region', { name: 'Zweiter Faktor' })
  await section.getByLabel('Passwort', { exact: true }).fill(customer.password)
  await section.getByRole('button', { name: 'Weiter' }).click()
  await expect(section.getByRole('img', { name: 'QR-Code' })).toBeVisible()
  const secret = ((await section.getByText(/^[A-Z2-7]{4}( [A-Z2-7]{1,4})+$/).textContent()) ?? '').replaceAll(
    ' ',
    '',
  )
  await section.getByLabel('Der Code, den die App jetzt zeigt').fill(totp(secret))
  await section.getByRole('button', { name: 'Einschalten' }).click()
  await expect(section.getByRole('listitem')).toHaveCount(10)
  const recoveryCode = (await section.getByRole('listitem').first().textContent()) ?? ''
  await section.getByRole('button', { name: 'Ich habe sie gesichert' }).click()
  await expect(section.getByText('Eingeschaltet.')).toBeVisible()

  await accountMenu(page).click()
  await page.getByRole('button', { name: 'Abmelden' }).click()
  await page.goto('/de/login')
  await fillSignIn(page, customer)
  await page.getByLabel('Code').fill(recoveryCode.trim())
  await page.getByRole('button', { name: 'Weiter' }).click()

  await expect(heading(page)).toContainText('Prost,')
})

test('a forgotten password is set anew by the mail', async ({ page, request }) => {
  const customer = await aCustomer(request)
  await page.goto('/de/login')
  await page.getByRole('link', { name: 'Passwort vergessen?' }).click()
  await page.getByLabel('E-Mail-Adresse').fill(customer.email)
  await page.getByRole('button', { name: 'Link schicken' }).click()
  await expect(heading(page)).toHaveText('Jetzt in Ihr Postfach schauen')

  await page.goto(await mailedLink(customer.email, 'reset-password'))
  const changed = { ...customer, password: `${customer.password} und Korn` }
  await page.getByRole('textbox', { name: 'Neues Passwort' }).fill(changed.password)
  await page.getByRole('button', { name: 'Passwort setzen' }).click()
  await expect(heading(page)).toHaveText('Das Passwort ist gesetzt.')
  await page.getByRole('main').getByRole('link', { name: 'Anmelden' }).click()
  await fillSignIn(page, changed)

  await expect(heading(page)).toContainText('Prost,')
})

test('data is taken along, and the account deleted', async ({ page, request }) => {
  const customer = await aCustomer(request)
  await signIn(page, customer)
  await page.goto('/de/account/privacy')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Daten herunterladen' }).click()
  expect((await download).suggestedFilename()).toBe('prost-daten.json')

  await page.getByRole('button', { name: 'Konto löschen …' }).click()
  await page.getByLabel('Zur Sicherheit Ihr Passwort').fill(customer.password)
  await page.getByRole('button', { name: 'Endgültig löschen' }).click()

  await expect(page).toHaveURL(/\/de$/)
  await page.goto('/de/login')
  await fillSignIn(page, customer)
  await expect(page.getByRole('alert')).toHaveText('E-Mail-Adresse oder Passwort stimmt nicht.')
})

test('an application signs somebody in by the shop, with their consent, which they take back', async ({
  page,
  browser,
  baseURL,
  request,
}) => {
  const customer = await aCustomer(request)
  const desk = await (await browser.newContext()).newPage()
  const token = await signIn(desk, await seeded('admin'))
  await desk.context().close()
  const asked = await anApplication(request, token, `${baseURL ?? ''}/de/imprint`)

  await page.goto(`/api/auth/authorize?${asked.toString()}`)
  await expect(page).toHaveURL(/\/de\/login\?/)
  await fillSignIn(page, customer)
  await expect(page.getByText('Kellerbuch möchte Ihr Konto benutzen.')).toBeVisible()
  await expect(page.getByText('Ihren Namen und Ihre Sprache')).toBeVisible()
  await page.getByRole('button', { name: 'Erlauben' }).click()
  await expect(page).toHaveURL(/\/de\/imprint\?.*code=.+/)
  expect(new URL(page.url()).searchParams.get('state')).toBe('xyz')

  await page.goto('/de/account/privacy')
  await page.getByRole('button', { name: 'Kellerbuch die Erlaubnis nehmen' }).click()
  await expect(page.getByText('Keine Anwendung benutzt Ihr Konto.')).toBeVisible()

  await page.goto(`/api/auth/end-session?client_id=${asked.get('client_id') ?? ''}`)
  await expect(heading(page)).toHaveText('Abmelden')
  await page.getByRole('main').getByRole('button', { name: 'Abmelden' }).click()
  await expect(heading(page)).toHaveText('Sie sind abgemeldet.')
})

test('a provider is disconnected in the account, and the last way in is not', async ({ page }) => {
  // No provider is to be had here: the service's own tests connect and disconnect one.
  const identity = { provider: 'braukeller', email: 'gast@brauerei.test' }
  const state = { external: [identity], has_password: false }
  const asked: string[] = []
  await signIn(page, await seeded('customer'))
  await page.route('**/api/auth/external', (route) =>
    route.fulfill({
      json: { items: [{ provider: 'braukeller', name: 'Braukeller' }], next_page_token: null },
    }),
  )
  await page.route('**/api/auth/me', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), ...state } })
  })
  await page.route('**/api/auth/me/external/*', (route) => {
    asked.push(`${route.request().method()} ${new URL(route.request().url()).pathname}`)
    return route.fulfill({ status: 204 })
  })

  await page.goto('/de/account/security')
  const section = page.getByRole('region', { name: 'Verbundene Anbieter' })
  await expect(section).toContainText('Braukeller')
  await expect(section).toContainText('Setzen Sie zuerst ein Passwort.')
  await expect(section.getByRole('button')).toHaveCount(0)

  state.has_password = true
  await page.reload()
  await section.getByRole('button', { name: 'Trennen' }).click()
  await section.getByRole('button', { name: 'Trennen' }).click()
  await expect(page.getByText('Braukeller ist getrennt.')).toBeVisible()
  await expect(section).toBeHidden()
  expect(asked).toEqual(['DELETE /api/auth/me/external/braukeller'])
})

test('staff without a second factor is led to set one up', async ({ page }) => {
  // The service gives no such token, and the pages go by what it says of the account.
  await signIn(page, await seeded('customer'))
  await page.route('**/api/auth/me', async (route) => {
    const answer = await route.fetch()
    const account = (await answer.json()) as object
    const staff = { roles: ['customer', 'admin'], second_factor: { enrolled: false, required: true } }
    await route.fulfill({ response: answer, json: { ...account, ...staff } })
  })

  await page.goto('/de/staff')
  await expect(heading(page)).toHaveText('Erst der zweite Faktor')
  await page.getByRole('link', { name: 'Jetzt einrichten' }).click()

  await expect(page.getByRole('region', { name: 'Zweiter Faktor' })).toContainText('Einrichten')
})
