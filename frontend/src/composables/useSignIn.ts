import { RequestFailed } from '@/api/problem'
import { useAuthStore } from '@/stores/auth'

import { useForm } from './useForm'
import { useIdentityText } from './useIdentityText'

export type SignInStep = 'password' | 'code'

/** Signing in: the password first, then the code of accounts that have a second factor. */
export function useSignIn(email = '', onSignedIn?: () => void) {
  const t = useIdentityText()
  const auth = useAuthStore()
  const step = ref<SignInStep>('password')

  const form = useForm(
    { email, password: '', totp: '' },
    {
      required: () => (step.value === 'password' ? ['email', 'password'] : ['totp']),
      submit: async (values) => {
        try {
          await auth.signIn({
            email: values.email.trim(),
            password: values.password,
            ...(step.value === 'code' && { totp: values.totp.replaceAll(' ', '') }),
          })
        } catch (error) {
          if (!(error instanceof RequestFailed)) throw error
          if (error.code === 'second-factor-required') {
            step.value = 'code'
            return
          }
          if (error.code === 'login-refused') back()
          throw error
        }
        onSignedIn?.()
      },
      explain: ({ code, kind, retryAfter }) => {
        if (code === 'login-refused') return t.value.signIn.refused
        if (code === 'second-factor-refused') return t.value.secondFactor.refused
        return kind === 'tooMany' ? t.value.signIn.throttled(retryAfter ?? 60) : undefined
      },
    },
  )

  function back() {
    step.value = 'password'
    form.values.totp = ''
  }

  return { form, step, back }
}
