/**
 * Writes src/api/*.schema.ts from the services' OpenAPI documents: the schemas that the storefront reads or sends, and those
 * they are made of. With --check nothing is written, and a file that differs is an error.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import openapi, { astToString } from 'openapi-typescript'

const USED = {
  catalog: [
    'ProductList',
    'Product',
    'CategoryList',
    'SuggestionList',
    'ReviewList',
    'ReviewIn',
    'OwnReview',
    'StaffReviewList',
    'Problem',
  ],
  auth: [
    'SignUp',
    'Credentials',
    'TokenAnswer',
    'Me',
    'ProfileChange',
    'NewAddress',
    'AddressChange',
    'SessionList',
    'EnrolmentSecret',
    'RecoveryCodes',
    'SecurityEventList',
    'ConsentList',
    'ProviderList',
    'AuthorizationShown',
    'LogoutShown',
    'GoTo',
    'StaffAccountList',
  ],
  cart: ['Cart'],
  orders: [
    'NewOrder',
    'NewPayment',
    'QuoteIn',
    'QuoteOut',
    'ShippingMethods',
    'OrderOut',
    'OrdersPage',
    'WithdrawalIn',
    'Receipt',
  ],
}

/**
 * @param {string} service
 * @param {string[]} used
 */
async function typesOf(service, used) {
  const path = new URL(`../../services/${service}/openapi.json`, import.meta.url)
  const document = JSON.parse(await readFile(path, 'utf8'))
  const schemas = document.components.schemas
  /** @type {Set<string>} */
  const wanted = new Set()

  /** @param {string} name */
  function want(name) {
    if (wanted.has(name)) return
    wanted.add(name)
    const references = JSON.stringify(schemas[name]).matchAll(/"#\/components\/schemas\/([^"]+)"/g)
    for (const [, other] of references) if (other) want(other)
  }
  used.forEach(want)

  const kept = Object.fromEntries([...wanted].sort().map((name) => [name, schemas[name]]))
  const tree = await openapi(
    { openapi: document.openapi, info: document.info, paths: {}, components: { schemas: kept } },
    { alphabetize: true },
  )
  return `/** Made by \`pnpm types\` from the OpenAPI document of services/${service}. */\n\n${astToString(tree)}`
}

for (const [service, used] of Object.entries(USED)) {
  const target = fileURLToPath(new URL(`../src/api/${service}.schema.ts`, import.meta.url))
  const text = await typesOf(service, used)
  if (!process.argv.includes('--check')) await writeFile(target, text)
  else if ((await readFile(target, 'utf8')) !== text) {
    console.error(`src/api/${service}.schema.ts is behind the OpenAPI document: run \`pnpm types\`.`)
    process.exitCode = 1
  }
}
