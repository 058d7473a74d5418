import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from '@/App.vue'
import { useFailureText } from '@/composables/useFailureText'
import { useTheme } from '@/composables/useTheme'
import { useText } from '@/composables/useText'
import { router } from '@/router'
import { useActivityStore } from '@/stores/activity'
import { useNoticesStore } from '@/stores/notices'
import '@/styles/main.css'

const app = createApp(App).use(createPinia()).use(router)

const notices = useNoticesStore()
const activity = useActivityStore()
const failureText = useFailureText()
const { t } = useText()

function report(error: unknown) {
  console.error(error)
  notices.add(failureText(error))
}

app.config.errorHandler = report
addEventListener('unhandledrejection', ({ reason }) => report(reason))

// A page's code that has vanished means that a new version was released; loading the address anew brings it.
addEventListener('vite:preloadError', (event) => {
  event.preventDefault()
  notices.add(t.value.errors.update)
})

router.beforeEach(() => {
  activity.navigating = true
})
router.afterEach(() => {
  activity.navigating = false
})
router.onError((error) => {
  activity.navigating = false
  report(error)
})

useTheme().follow()
await router.isReady().catch(report)
app.mount('#app')
