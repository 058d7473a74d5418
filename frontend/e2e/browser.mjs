import { existsSync } from 'node:fs'

const ON_THE_MACHINE = [
  process.env.CHROMIUM,
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * The machine's own Chromium, else the one that an npm package carries: no browser is downloaded.
 *
 * @returns {Promise<import('@playwright/test').LaunchOptions>}
 */
export async function launchOptions() {
  const found = ON_THE_MACHINE.find((path) => path && existsSync(path))
  if (found) return { executablePath: found, args: ['--no-sandbox'] }
  const { default: chromium } = await import('@sparticuz/chromium')
  return { executablePath: await chromium.executablePath(), args: chromium.args }
}
