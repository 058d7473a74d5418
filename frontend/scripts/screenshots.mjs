/** Takes the pictures in docs/screenshots from a running shop (BASE_URL), at 390, 820 and 1440 pixels, in a few colours each. */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { chromium } from '@playwright/test'
import UPNG from 'upng-js'

import { launchOptions } from '../e2e/browser.mjs'
import { BASE_URL, pictured, productPath } from './shop.mjs'

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url))
const LARGEST = 200_000
const HEIGHTS = { 390: 844, 820: 1100, 1440: 900 }

/** @typedef {{ name: string, path: string, theme: 'light' | 'dark' }} Page */

const PAGES = /** @type {Page[]} */ ([
  { name: 'home', path: '/de', theme: 'light' },
  { name: 'list', path: '/de/products?category=bier', theme: 'light' },
  { name: 'list-dark', path: '/en/products', theme: 'dark' },
  { name: 'product', path: '', theme: 'light' },
])

/**
 * The picture with as many colours as fit into the size that a document can bear.
 *
 * @param {Buffer} png
 */
function compress(png) {
  const image = UPNG.decode(png)
  const [pixels] = UPNG.toRGBA8(image)
  for (const colours of [256, 160, 96, 64, 32]) {
    const small = UPNG.encode([/** @type {ArrayBuffer} */ (pixels)], image.width, image.height, colours)
    if (small.byteLength < LARGEST || colours === 32) return Buffer.from(small)
  }
  return png
}

await pictured()
await mkdir(FOLDER, { recursive: true })
const browser = await chromium.launch(await launchOptions())
for (const [width, height] of Object.entries(HEIGHTS)) {
  for (const { name, path, theme } of PAGES) {
    const page = await browser.newPage({
      viewport: { width: Number(width), height },
      colorScheme: theme,
      reducedMotion: 'reduce',
    })
    await page.goto(BASE_URL + (path || (await productPath())), { waitUntil: 'networkidle' })
    await writeFile(`${FOLDER}${name}-${width}.png`, compress(await page.screenshot()))
    await page.close()
  }
}
await browser.close()
