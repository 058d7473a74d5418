/** The identity service's wire types by their short names, from its OpenAPI document. */
import type { components } from './auth.schema'

type Schemas = components['schemas']

export type SignUp = Schemas['SignUp']
/** The code is left out until it is asked for. */
export type Credentials = Pick<Schemas['Credentials'], 'email' | 'password'> & Partial<Schemas['Credentials']>
export type TokenAnswer = Schemas['TokenAnswer']
export type Account = Schemas['Me']
export type Role = Account['roles'][number]
export type Address = Schemas['Address']
export type AddressIn = Schemas['NewAddress']
export type AddressChange = Partial<Schemas['AddressChange']>
export type ProfileChange = Partial<Schemas['ProfileChange']>
export type AccountSession = Schemas['Session']
export type SessionList = Schemas['SessionList']
export type SecondFactorSecret = Schemas['EnrolmentSecret']
export type RecoveryCodes = Schemas['RecoveryCodes']
export type SecurityEvent = Schemas['SecurityEvent']
export type SecurityEventList = Schemas['SecurityEventList']
export type Consent = Schemas['ConsentShown']
export type ConsentList = Schemas['ConsentList']
export type ProviderList = Schemas['ProviderList']
export type Provider = Schemas['ProviderShown']
export type Authorization = Schemas['AuthorizationShown']
export type LogoutRequest = Schemas['LogoutShown']
export type GoTo = Schemas['GoTo']
export type StaffAccount = Schemas['StaffAccount']
export type StaffAccountList = Schemas['StaffAccountList']
