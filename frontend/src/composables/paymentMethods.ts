/** The test cards of the pretended bank: what is printed on each, and how it is coloured. */
export type PaymentCard = { id: string; digits: string; face: string; ink: string; wellBehaved: boolean }

export const PAYMENT_CARDS: readonly PaymentCard[] = [
  { id: 'pm_card_visa', digits: '4242', face: '#14432f', ink: '#f7eedb', wellBehaved: true },
  { id: 'pm_card_mastercard', digits: '4444', face: '#f4ac32', ink: '#24170a', wellBehaved: true },
  { id: 'pm_card_threeDSecureRequired', digits: '3220', face: '#2b3a67', ink: '#f7eedb', wellBehaved: true },
  { id: 'pm_card_chargeDeclined', digits: '0002', face: '#a3232b', ink: '#fff8ef', wellBehaved: false },
  {
    id: 'pm_card_chargeDeclinedInsufficientFunds',
    digits: '9995',
    face: '#6b5d4d',
    ink: '#fff8ef',
    wellBehaved: false,
  },
  { id: 'pm_timeout_after_charge', digits: '5126', face: '#7a4216', ink: '#fff8ef', wellBehaved: false },
  { id: 'pm_late_webhook', digits: '1976', face: '#3f4d3a', ink: '#f7eedb', wellBehaved: false },
  { id: 'pm_unknown', digits: '0000', face: '#4a3d55', ink: '#fff8ef', wellBehaved: false },
]

export const cardOf = (id: string): PaymentCard | undefined => PAYMENT_CARDS.find((card) => card.id === id)
