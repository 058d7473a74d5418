import { mount } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'

import type { Problem } from '@/api/catalog.types'
import { RequestFailed } from '@/api/problem'

import { useForm, type Form } from './useForm'
import { setLocale } from './useText'

type Values = { email: string; password: string }

beforeEach(() => setLocale('de'))

function aForm(submit: (values: Values) => Promise<void>): Form<Values> {
  let form!: Form<Values>
  mount({
    setup() {
      form = useForm({ email: '', password: '' }, { required: () => ['email', 'password'], submit })
      return () => null
    },
  })
  form.values.email = 'anna@prost.test'
  form.values.password = 'prost'
  return form
}

const invalid = (errors: Problem['errors'], more: object = {}) =>
  new RequestFailed('invalid', 422, {
    type: 'about:blank',
    title: 'Invalid',
    status: 422,
    code: 'invalid',
    ...(errors && { errors }),
    ...more,
  })

test('what is empty and must not be is said without asking the service', async () => {
  const submit = vi.fn<(values: Values) => Promise<void>>()
  const form = aForm(submit)
  form.values.email = ' '

  await form.submit()

  expect(form.errors).toEqual({ email: 'Bitte ausfüllen.' })
  expect(submit).not.toHaveBeenCalled()
})

test('what the service says of a field stands at that field, with its advice, until it is changed', async () => {
  const problem = invalid([{ field: 'body.password', code: 'weak-password', message: 'is too easy' }], {
    suggestions: ['avoid-years'],
  })
  const form = aForm(() => Promise.reject(problem))

  await form.submit()
  expect(form.errors).toEqual({
    password: 'Dieses Passwort ist zu leicht zu erraten. Jahreszahlen sind leicht zu erraten.',
  })
  expect(form.failure).toBeNull()
  form.values.password = 'vier alte Krüge Most'

  await vi.waitUntil(() => form.errors.password === undefined)
})

test('what the service says of something that is not in the form is said of the whole', async () => {
  const form = aForm(() =>
    Promise.reject(invalid([{ field: 'body.token', code: 'token-invalid', message: '' }])),
  )

  await form.submit()

  expect(form.failure).toBe('Diese Angabe versteht der Laden nicht.')
})

test('whatever goes wrong, what was typed stays', async () => {
  const form = aForm(() => Promise.reject(new RequestFailed('offline')))

  await form.submit()

  expect(form.failure).toBe('Es besteht keine Verbindung zum Netz.')
  expect(form.values).toEqual({ email: 'anna@prost.test', password: 'prost' })
})

test('is sent once, however often its button is pressed', async () => {
  const submit = vi.fn<(values: Values) => Promise<void>>().mockResolvedValue()
  const form = aForm(submit)

  await Promise.all([form.submit(), form.submit()])

  expect(submit).toHaveBeenCalledOnce()
})
