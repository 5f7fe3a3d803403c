import { generateKeyPairSync } from 'node:crypto'
import type { Caller } from '@saucery/contracts/access/scope'
import { requireCaller } from '../auth/authorize.ts'
import { callerTokenHeader, callerTokenSigner } from '../auth/caller-token.ts'
import { silentLog } from './log.ts'

/** As where sign-in is off. */
export const allowEveryone = requireCaller('any', { AUTH: 'off' }, silentLog)

/** A gateway's word: what a service makes of it, and what it says. */
export function testCallerTokens(service: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const passportFor = callerTokenSigner(privateKey)
  return {
    requireCaller: requireCaller(service, { AUTH: 'on', GATEWAY_PUBLIC_KEY: [publicKey] }, silentLog),
    publicKey,
    /** The headers of a request that this caller sends through the gateway. */
    as: async (caller: Caller, audience = service): Promise<Record<string, string>> => ({
      [callerTokenHeader]: await passportFor(caller, audience),
    }),
  }
}

export const branch = (branchId: string): Caller => ({ subject: `of-${branchId}`, role: 'branch', branchId })
export const courier: Caller = { subject: 'a-courier', role: 'courier' }
export const operator: Caller = { subject: 'an-operator', role: 'operator' }
