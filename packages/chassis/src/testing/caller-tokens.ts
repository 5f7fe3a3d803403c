import { generateKeyPairSync } from 'node:crypto'
import type { Caller } from '@saucery/contracts/access/scope'
import { knowCallers } from '../auth/authorize.ts'
import { passportHeader, passportsSignedWith } from '../auth/caller-token.ts'
import { quietLog } from './log.ts'

/** As where sign-in is off. */
export const everybodyOperates = knowCallers('any', { AUTH: 'off' }, quietLog)

/** A gateway's word: what a service makes of it, and what it says. */
export function testGate(service: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const passportFor = passportsSignedWith(privateKey)
  return {
    knowCaller: knowCallers(service, { AUTH: 'on', GATEWAY_PUBLIC_KEY: [publicKey] }, quietLog),
    publicKey,
    /** The headers of a request that this caller sends through the gateway. */
    as: async (caller: Caller, audience = service): Promise<Record<string, string>> => ({
      [passportHeader]: await passportFor(caller, audience),
    }),
  }
}

export const branch = (branchId: string): Caller => ({ subject: `of-${branchId}`, role: 'branch', branchId })
export const courier: Caller = { subject: 'a-courier', role: 'courier' }
export const operator: Caller = { subject: 'an-operator', role: 'operator' }
