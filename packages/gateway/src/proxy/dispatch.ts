import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import type { AnswerHead } from './compress.ts'

/** The client left before its answer was complete. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone'
}

/**
 * Sends one request, once, and streams the answer into `outgoing`.
 * @param readerTimeoutMs a client that reads nothing for this time is disconnected
 * @param onHead makes the headers of the answer from those that the service sent
 * @throws when the answer does not arrive whole: then nothing is written yet, or the client's connection is broken
 */
export function dispatch(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  outgoing: ServerResponse,
  readerTimeoutMs: number,
  onHead: (headers: IncomingHttpHeaders) => AnswerHead,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let sink: Writable = outgoing
    let stalled: NodeJS.Timeout | undefined
    const abort = () => controller?.abort(new ClientGone())
    const release = () => {
      outgoing.off('close', abort)
      clearTimeout(stalled)
    }
    outgoing.once('close', abort)

    dispatcher.dispatch(request, {
      onRequestStart(started) {
        controller = started
        if (outgoing.destroyed) abort()
      },
      onResponseStart(_, status, headers, statusMessage) {
        if (status < 200) return
        const head = onHead(headers)
        if (head.isCompressed) sink = gzipInto(outgoing)
        sink.on('drain', () => {
          clearTimeout(stalled)
          controller?.resume()
        })
        outgoing.writeHead(status, statusMessage ?? '', head.headers)
        // An event stream may be silent at first; an answer of known length goes out with its first bytes.
        if (headers['content-length'] === undefined) outgoing.flushHeaders()
      },
      onResponseData(_, chunk) {
        if (outgoing.destroyed || outgoing.writableEnded) return
        if (sink.write(chunk)) return
        controller?.pause()
        clearTimeout(stalled)
        stalled = setTimeout(() => outgoing.destroy(), readerTimeoutMs)
      },
      onResponseEnd() {
        release()
        sink.end()
        resolve()
      },
      onResponseError(_, error) {
        release()
        const hasClientLeft = outgoing.destroyed
        // A clean end would make a part look like the whole.
        if (outgoing.headersSent) outgoing.destroy()
        reject(hasClientLeft ? new ClientGone() : error)
      },
    })
  })
}

/** A client that leaves ends the compressor too. */
function gzipInto(outgoing: ServerResponse): Writable {
  const gzip = createGzip()
  // Not `pipeline`: with its listeners an answer has more than Node takes for a leak.
  outgoing.once('close', () => gzip.destroy())
  gzip.once('error', () => outgoing.destroy()).pipe(outgoing)
  return gzip
}
