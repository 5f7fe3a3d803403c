import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import { type Log, reasonOf } from '@saucery/messaging/log'
import { v4 as uuidv4 } from 'uuid'
import { withTimeout } from '../async/timeout.ts'

/** A stop waits so long for the last spans. */
const flushMs = 2000

/**
 * Makes this process record spans, and send them in the background. What cannot be sent waits in a queue of at most
 * `OTEL_BSP_MAX_QUEUE_SIZE` spans (2048); further ones are dropped. So a store of traces that is slow, or away, slows
 * down nothing here.
 * (traces.test: "are sent in the background, with one line when they cannot be, …")
 */
export function startSdk(service: string, log: Log): () => Promise<void> {
  const own = { 'service.namespace': 'saucery', 'service.name': service, 'service.instance.id': uuidv4() }
  const fromEnvironment = detectResources({ detectors: [envDetector] })
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(own)).merge(fromEnvironment),
    spanProcessors: [new BatchSpanProcessor(loggingOutages(new OTLPTraceExporter(), log))],
  })
  provider.register()
  return () =>
    withTimeout(flushMs, provider.shutdown()).catch((error) =>
      log.info({ reason: reasonOf(error) }, 'the last spans are not sent'),
    )
}

/** Logs once when spans can no longer be sent, and once when they can again. */
function loggingOutages(exporter: SpanExporter, log: Log): SpanExporter {
  let isAway = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== 0
        if (failed && !isAway)
          log.warn({ reason: reasonOf(result.error) }, 'spans cannot be sent, and are dropped')
        if (!failed && isAway) log.info({}, 'spans are sent again')
        isAway = failed
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}
