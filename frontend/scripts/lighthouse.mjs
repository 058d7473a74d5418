/** Lighthouse, as a phone, on the list and a product page of a running shop (BASE_URL); fails when a score is below 95. */
import { createServer } from 'node:net'

import { chromium } from '@playwright/test'
import lighthouse from 'lighthouse'

import { launchOptions } from '../e2e/browser.mjs'
import { BASE_URL, pictured, productPath } from './shop.mjs'

const RUNS = 3
const LEAST = 95
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo']

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
        server.close(() => resolve(port))
      })
  })

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/**
 * The median score of each category, the median of the slowest paint, and what the last run holds against the page.
 *
 * @param {string} url
 * @param {number} port
 */
async function measure(url, port) {
  /** @type {import("lighthouse").Result[]} */
  const results = []
  for (let run = 0; run < RUNS; run++) {
    const result = await lighthouse(url, { port, onlyCategories: CATEGORIES, logLevel: 'error' })
    if (!result) throw new Error(`Lighthouse says nothing about ${url}`)
    results.push(result.lhr)
  }
  const scores = CATEGORIES.map((name) =>
    Math.round(100 * median(results.map(({ categories }) => categories[name]?.score ?? 0))),
  )
  const paint = median(results.map(({ audits }) => audits['largest-contentful-paint']?.numericValue ?? 0))
  const last = results[results.length - 1]
  const failed = Object.values(last?.audits ?? {}).filter(
    ({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== 'informative',
  )
  return { scores, paint, failed: failed.map(({ id, displayValue }) => `${id} ${displayValue ?? ''}`.trim()) }
}

await pictured()
const port = await freePort()
const options = await launchOptions()
const browser = await chromium.launch({
  ...options,
  args: [...(options.args ?? []), `--remote-debugging-port=${port}`],
})
/** @type {Record<string, Record<string, number>>} */
const table = {}
let passed = true
for (const path of ['/de/products', await productPath()]) {
  const { scores, paint, failed } = await measure(BASE_URL + path, port)
  table[path] = {
    ...Object.fromEntries(CATEGORIES.map((name, index) => [name, scores[index] ?? 0])),
    'LCP in ms': Math.round(paint),
  }
  if (scores.some((score) => score < LEAST)) {
    passed = false
    console.log(`${path}: ${failed.join(', ')}`)
  }
}
await browser.close()
console.table(table)
process.exitCode = passed ? 0 : 1
