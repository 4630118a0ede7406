import { expect, test } from 'vitest'
import { looksSensitive } from './sensitive.ts'

const named = (name: string) => looksSensitive((attribute) => (attribute === 'name' ? name : ''))

test.each([
  ['password', 'passwd', 'user_pass', 'pwd', 'passcode'],
  ['card-number', 'cardNumber', 'card_no', 'credit_card', 'creditCard', 'cc-number', 'cc_number', 'ccnum', 'ccExp', 'cc_csc'],
  ['cvv', 'cvc2', 'cvn', 'csc', 'security_code', 'securityCode', 'iban', 'ssn', 'social-security'],
  ['otp', 'smsOtp', 'totp', '2fa', 'mfa_code', 'sms_code', 'verification_code', 'verifyCode', 'one-time-code'],
  ['pin', 'pin_code', 'pinCode', 'userPin', 'card-pin', 'csrf_token', 'client_secret'],
])('sensitive: %s…', (...names) => expect(names.filter((name) => !named(name))).toEqual([]))

test('ordinary names are not', () => {
  const names = 'name email phone city cc note q quantity opinion shipping spinner pinterest accept accent delivery passenger terms'
  expect(names.split(' ').filter(named)).toEqual([])
})
