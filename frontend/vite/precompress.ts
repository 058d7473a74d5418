import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

import type { Plugin } from 'vite'

const TEXT = /\.(html|js|css|svg|txt|json)$/

/** Writes a .br and a .gz beside every text file of the build, for a server that only has to pick one. */
export function precompress(): Plugin {
  let folder = ''
  return {
    name: 'prost:precompress',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      folder = config.build.outDir
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const entries = await readdir(folder, { recursive: true })
        await Promise.all(
          entries
            .filter((entry) => TEXT.test(entry))
            .map(async (entry) => {
              const path = join(folder, entry)
              const text = await readFile(path)
              const [small, smaller] = await Promise.all([
                promisify(gzip)(text, { level: 9 }),
                promisify(brotliCompress)(text, {
                  params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
                }),
              ])
              await Promise.all([writeFile(`${path}.gz`, small), writeFile(`${path}.br`, smaller)])
            }),
        )
      },
    },
  }
}
