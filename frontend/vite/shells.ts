import { createHash } from 'node:crypto'

import { build, type Plugin, type Rollup } from 'vite'

import de from '../src/locales/de.ts'
import en from '../src/locales/en.ts'

const MESSAGES = { de, en }
type Locale = keyof typeof MESSAGES

/** The kinds of page and the view that each one loads first. */
const VIEWS = {
  home: 'views/HomeView.vue',
  list: 'views/ListView.vue',
  product: 'views/ProductView.vue',
  page: 'views/LegalView.vue',
  identity: 'views/identity/LoginView.vue',
  account: 'views/account/AccountView.vue',
  cart: 'views/CartView.vue',
  checkout: 'views/checkout/CheckoutView.vue',
  order: 'views/OrderView.vue',
} as const

const FONT = /bricolage-grotesque-latin-wght-normal.*\.woff2$/

/**
 * Makes index.html into one small document per language and kind of page, under `shells/`: each has its language, its title,
 * the boot script inline with its hash in the content security policy, and preloads exactly what its page will import.
 */
export function shells(): Plugin {
  let isBuild = false
  return {
    name: 'prost:shells',
    enforce: 'post',
    configResolved(config) {
      isBuild = config.command === 'build'
    },
    transformIndexHtml: {
      order: 'pre',
      async handler(html, { originalUrl }) {
        if (isBuild) return html
        const locale: Locale = originalUrl?.startsWith('/en') ? 'en' : 'de'
        return fill(html, locale, `<script>${await bootScript()}</script>`, '')
      },
    },
    async generateBundle(_options, bundle) {
      const template = bundle['index.html']
      if (template?.type !== 'asset') return
      delete bundle['index.html']
      const boot = await bootScript()
      const hash = createHash('sha256').update(boot).digest('base64')
      const policy = `script-src 'self' 'sha256-${hash}'; object-src 'none'; base-uri 'self'; form-action 'self'`
      const head = `<meta http-equiv="Content-Security-Policy" content="${policy}" /><script>${boot}</script>`
      const font = Object.keys(bundle).find((name) => FONT.test(name))
      for (const locale of Object.keys(MESSAGES) as Locale[]) {
        for (const [kind, view] of Object.entries(VIEWS)) {
          const files = importsOf(bundle, [view, `locales/${locale}.ts`])
          const hints = [
            ...(font
              ? [`<link rel="preload" as="font" type="font/woff2" href="/${font}" crossorigin />`]
              : []),
            ...files.scripts.map((file) => `<link rel="modulepreload" crossorigin href="/${file}" />`),
            ...files.styles.map((file) => `<link rel="stylesheet" crossorigin href="/${file}" />`),
          ]
          this.emitFile({
            type: 'asset',
            fileName: `shells/${locale}-${kind}.html`,
            source: fill(String(template.source), locale, head, hints.join('\n    ')),
          })
        }
      }
    },
  }
}

function fill(html: string, locale: Locale, boot: string, hints: string) {
  const { meta } = MESSAGES[locale]
  return html
    .replace('%LANG%', locale)
    .replace('%TITLE%', meta.title)
    .replace('%DESCRIPTION%', meta.description)
    .replace('%NOSCRIPT%', meta.noscript)
    .replace('<!--boot-->', () => boot)
    .replace('<!--hints-->', hints)
}

/** The chunks and style sheets that the given modules bring, except those that the entry brings anyway. */
function importsOf(bundle: Rollup.OutputBundle, modules: string[]) {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const known = new Set(chunks.filter((chunk) => chunk.isEntry).flatMap((chunk) => withImports(chunk)))
  const scripts = new Set<string>()
  const styles = new Set<string>()

  function withImports(chunk: Rollup.OutputChunk): string[] {
    return [chunk.fileName, ...chunk.imports]
  }
  function visit(fileName: string) {
    const chunk = bundle[fileName]
    if (chunk?.type !== 'chunk' || known.has(fileName) || scripts.has(fileName)) return
    scripts.add(fileName)
    chunk.viteMetadata?.importedCss.forEach((file) => styles.add(file))
    chunk.imports.forEach(visit)
  }
  for (const chunk of chunks) {
    if (modules.some((module) => chunk.facadeModuleId?.endsWith(module))) visit(chunk.fileName)
  }
  return { scripts: [...scripts], styles: [...styles] }
}

async function bootScript(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: 'src/boot.ts', formats: ['iife'], name: 'prostBoot', fileName: 'boot' },
    },
  })
  const [output] = [result].flat()
  if (!output || !('output' in output)) throw new Error('The boot script was not built.')
  return output.output[0].code.trim()
}
