import { Agent, type AgentOptions, type IncomingMessage, request } from 'node:http'
import type { Answer, Fetch } from './client.ts'

/**
 * A `fetch` for load tests, over kept-alive connections. It uses a quarter of the CPU of the global `fetch`, which
 * matters when the client runs on the machine that is measured. It supports `http:` only, follows no redirects, and
 * reads the whole answer into memory, so `stream` cannot use it.
 */
export function openAgentFetch(options: AgentOptions = {}): { readonly fetch: Fetch; close(): void } {
  const agent = new Agent({ keepAlive: true, ...options })
  return {
    fetch: (url, { method = 'GET', headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const fail = (error: Error) => reject(signal?.aborted ? signal.reason : error)
        const sent = request(url, {
          method,
          agent,
          headers: Object.fromEntries(headers as Headers),
          ...(signal && { signal }),
        })
        sent.on('error', fail)
        sent.on('response', (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk
          })
          answer.on('end', () => resolve(answerOf(answer, text))).on('error', reject)
        })
        sent.end(body)
      }),
    close: () => agent.destroy(),
  }
}

// Not a `Response`: making one costs as much CPU as the call.
function answerOf({ statusCode = 0, statusMessage = '', headers }: IncomingMessage, text: string): Answer {
  return {
    status: statusCode,
    statusText: statusMessage,
    ok: statusCode >= 200 && statusCode < 300,
    headers: { get: (name) => headers[name.toLowerCase()]?.toString() ?? null },
    body: null,
    text: async () => text,
    json: async () => JSON.parse(text),
  }
}
