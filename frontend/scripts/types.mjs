/**
 * Writes src/api/catalog.schema.ts from the catalogue's OpenAPI document: the schemas that the storefront reads, and those they
 * are made of. With --check nothing is written, and a file that differs is an error.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import openapi, { astToString } from 'openapi-typescript'

const READ = ['ProductList', 'Product', 'CategoryList', 'SuggestionList', 'ReviewList', 'Problem']
const DOCUMENT = new URL('../../services/catalog/openapi.json', import.meta.url)
const TARGET = fileURLToPath(new URL('../src/api/catalog.schema.ts', import.meta.url))

const document = JSON.parse(await readFile(DOCUMENT, 'utf8'))
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
READ.forEach(want)

const kept = Object.fromEntries([...wanted].sort().map((name) => [name, schemas[name]]))
const tree = await openapi(
  { openapi: document.openapi, info: document.info, paths: {}, components: { schemas: kept } },
  { alphabetize: true },
)
const text = `/** Made by \`pnpm types\` from the catalogue's OpenAPI document. */\n\n${astToString(tree)}`

if (process.argv.includes('--check')) {
  if ((await readFile(TARGET, 'utf8')) !== text) {
    console.error('src/api/catalog.schema.ts is behind the OpenAPI document: run `pnpm types`.')
    process.exit(1)
  }
} else {
  await writeFile(TARGET, text)
}
