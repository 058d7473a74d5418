import { fileURLToPath } from 'node:url'

import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import autoImport from 'unplugin-auto-import/vite'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vitest/config'

import { precompress } from './vite/precompress.ts'
import { shells } from './vite/shells.ts'

// What only some visitors need, and the pages that everybody sees must not bring: forms, and what accounts and staff share.
const FORMS =
  /\/src\/(locales\/identity|components\/(identity|ui\/Ui(Check|Field|Form|Note|Select))|composables\/(leaveFor|returnPath|use(Form|IdentityText|MailedToken|ProviderLinks|SignIn))|stores\/(registration|authorization)|api\/account)/
const ACCOUNT =
  /\/src\/(locales\/(account|staff)|components\/(account|staff|ui\/Ui(Await|Sure))|composables\/(saveFile|use(Account|Staff)Text|useDevice)|stores\/(account|security|staff|paged)|api\/staff)/
const BUYING =
  /\/src\/(locales\/buying|components\/(cart\/Cart(?!Add|Button)|checkout|order|receipt)|views\/CartDrawer|composables\/(cartLines|checkoutDraft|countries|order|payment|postalCode|receipt|useBuyingText|useOrdering)|stores\/(checkout|order|shipping)|api\/(orders|stream))/
const LATER = [FORMS, ACCOUNT, BUYING]
const SHOP = (id: string) =>
  /\/src\/(?!components\/filter\/)|export-helper/.test(id) && !LATER.some((part) => part.test(id))

export default defineConfig({
  plugins: [
    vue(),
    tailwindcss(),
    autoImport({
      imports: [
        {
          vue: [
            'computed',
            'nextTick',
            'onBeforeUnmount',
            'onMounted',
            'reactive',
            'ref',
            'shallowRef',
            'toValue',
            'useId',
            'useTemplateRef',
            'watch',
            'watchEffect',
          ],
          'vue-router': ['useRoute', 'useRouter'],
          pinia: ['defineStore', 'storeToRefs'],
        },
      ],
      dts: 'src/auto-imports.d.ts',
    }),
    components({ dirs: ['src/components'], dts: 'src/components.d.ts' }),
    shells(),
    precompress(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __VUE_OPTIONS_API__: false },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules\/(@vue|vue|vue-router|pinia|axios)\// },
            { name: 'shop', test: SHOP, minShareCount: 2 },
            { name: 'forms', test: FORMS, minShareCount: 2 },
            { name: 'account', test: ACCOUNT, minShareCount: 2 },
            { name: 'buying', test: BUYING, minShareCount: 2 },
          ],
        },
      },
    },
  },
  // Found before the first page asks for them: a late find would reload the page under the visitor.
  optimizeDeps: { include: ['axios', 'pinia', 'reka-ui', 'vue', 'vue-router'] },
  server: {
    host: process.env.HOST ?? '127.0.0.1',
    port: Number(process.env.PORT ?? 5173),
    strictPort: true,
    // The gateway stands before this server, under whatever name the machine is reached by.
    allowedHosts: true,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
})
