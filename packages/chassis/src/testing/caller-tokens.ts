import { generateKeyPairSync } from 'node:crypto'
import type { Caller } from '@saucery/contracts/access/scope'
import { requireCaller } from '../auth/authorize.ts'
import { callerTokenHeader, callerTokenSigner } from '../auth/caller-token.ts'
import { silentLog } from './log.ts'

/** As with sign-in off. */
export const allowEveryone = requireCaller('any', { AUTH: 'off' }, silentLog)

/** A gateway's key pair: the service side reads what the gateway side signs. */
export function testCallerTokens(service: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const sign = callerTokenSigner(privateKey)
  return {
    requireCaller: requireCaller(service, { AUTH: 'on', GATEWAY_PUBLIC_KEY: [publicKey] }, silentLog),
    publicKey,
    /** The headers with which the gateway forwards a request of this caller. */
    as: async (caller: Caller, audience = service): Promise<Record<string, string>> => ({
      [callerTokenHeader]: await sign(caller, audience),
    }),
  }
}

export const branch = (branchId: string): Caller => ({ subject: `of-${branchId}`, role: 'branch', branchId })
export const courier: Caller = { subject: 'a-courier', role: 'courier' }
export const operator: Caller = { subject: 'an-operator', role: 'operator' }
