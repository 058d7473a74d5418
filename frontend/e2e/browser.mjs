import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createBrotliDecompress } from 'node:zlib'

const ON_THE_MACHINE = [
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
const PACKAGE = fileURLToPath(new URL('../node_modules/@sparticuz/chromium/', import.meta.url))
const CACHE = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url))

/**
 * The browser that CHROMIUM names, else the machine's own Chromium, else the one that an npm package carries: none is
 * downloaded. PROST_TEST_BROWSER=bundled takes the last one wherever it runs.
 *
 * @returns {Promise<import('@playwright/test').LaunchOptions>}
 */
export async function launchOptions() {
  const bundled = process.env.PROST_TEST_BROWSER === 'bundled'
  const found = bundled
    ? undefined
    : [process.env.CHROMIUM, ...ON_THE_MACHINE].find((path) => path && existsSync(path))
  // The sandbox is not to be had as root or in most containers, and nothing but this shop is opened.
  return found ? { executablePath: found, args: ['--no-sandbox'] } : bundledOptions()
}

/** The carried browser, with the libraries and the typeface that a bare machine lacks. */
async function bundledOptions() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium was found: install it, or name its executable in CHROMIUM.')
  }
  const folder = await unpack()
  return {
    executablePath: join(folder, 'chromium'),
    args: ['--no-sandbox', '--no-zygote', '--use-gl=angle', '--use-angle=swiftshader'],
    env: {
      ...process.env,
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      LD_LIBRARY_PATH: [join(folder, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    },
  }
}

/** Unpacks the browser, once per version of its package, and returns the folder. */
async function unpack() {
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'))
  const folder = join(CACHE, `chromium-${version}`)
  if (existsSync(folder)) return folder

  await mkdir(CACHE, { recursive: true })
  const draft = await mkdtemp(join(CACHE, 'unpacking-'))
  try {
    await inflate('chromium.br', join(draft, 'chromium'))
    await untar('swiftshader.tar.br', draft)
    await untar('fonts.tar.br', join(draft, 'fonts'))
    await untar('al2023.tar.br', join(draft, 'al2023'))
    const fonts = `<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>`
    await writeFile(join(draft, 'fonts.conf'), fonts)
    await chmod(draft, 0o755)
    // Complete or not there at all, also when two begin at once: the second one finds the name taken.
    await rename(draft, folder).catch((error) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return folder
}

/**
 * @param {string} name
 * @param {string} file
 */
async function inflate(name, file) {
  const packed = createReadStream(join(PACKAGE, 'bin', name))
  await pipeline(packed, createBrotliDecompress(), createWriteStream(file, { mode: 0o755 }))
}

/**
 * @param {string} name
 * @param {string} folder
 */
async function untar(name, folder) {
  await mkdir(folder, { recursive: true })
  const archive = join(folder, name)
  await inflate(name, archive)
  await promisify(execFile)('tar', ['-xf', archive, '-C', folder])
  await rm(archive)
}
