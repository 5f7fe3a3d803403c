import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mock } from 'node:test'
import { callerTokenHeader, callerTokenReader } from '@saucery/chassis/auth/caller-token'
import { readProblem } from '@saucery/chassis/testing/http'
import { startGateway, startUpstream } from './gateway.ts'
import { startProvider } from './tokens.ts'

/** What a service answers: the caller and the headers that it received. */
interface Received {
  readonly caller?: object
  readonly signedInUntil?: number
  readonly callerToken: string
  readonly authorization?: string
}

/** A gateway with sign-in, its identity provider, and two services that answer with what they received. */
export async function startSignIn() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const GATEWAY_SIGNING_KEY = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const readers = {
    order: callerTokenReader('order', [publicKey]),
    payment: callerTokenReader('payment', [publicKey]),
  }
  const service = (name: keyof typeof readers) =>
    startUpstream(async ({ headers }, response) => {
      const callerToken = headers[callerTokenHeader]
      const received = typeof callerToken === 'string' ? await readers[name](callerToken) : undefined
      const { signedInUntil, ...who } = received ?? {}
      const caller = received && who
      response.end(
        JSON.stringify({ caller, signedInUntil, callerToken, authorization: headers.authorization }),
      )
    })
  const order = await service('order')
  const payment = await service('payment')
  const provider = await startProvider()
  const urls = { ORDER_URL: order.url, PAYMENT_URL: payment.url }
  const gateway = await startGateway({ ...urls, ...provider.env, GATEWAY_SIGNING_KEY })
  const ask = (token: string, path = '/orders', url = gateway.url) => fetch(url + path, bearer(token))
  return {
    gateway,
    provider,
    urls,
    readers,
    GATEWAY_SIGNING_KEY,
    publicKey,
    ask,
    async received(token: string, path?: string, url?: string): Promise<Received> {
      const answer = await ask(token, path, url)
      assert.equal(answer.status, 200)
      return (await answer.json()) as Received
    },
    async close() {
      for (const it of [gateway, provider, order, payment]) await it[Symbol.asyncDispose]()
    },
  }
}

export const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

/** Status, code and challenge of an answer that refuses the request. */
export async function refusal(answer: Promise<Response>) {
  const response = await answer
  const challenge = response.headers.get('www-authenticate')
  const { status, code } = await readProblem(response)
  return [status, code, challenge]
}

export const invalid = [401, 'token-invalid', 'Bearer error="invalid_token"']

/** Runs with a clock that is `ms` ahead. */
export async function later(ms: number, run: () => Promise<unknown>): Promise<void> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() + ms })
  try {
    await run()
  } finally {
    mock.timers.reset()
  }
}
