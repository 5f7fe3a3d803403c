import type { Log } from '@saucery/messaging/log'

/** Of the settings, those that decide whether spans are made; `traceSettings` explains them. */
type TraceSettings = Partial<
  Record<
    'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' | 'OTEL_SDK_DISABLED',
    string | undefined
  >
>

/**
 * Records spans if the settings name a place for them. Without one the SDK is not even loaded, and every span is a call
 * that does nothing.
 * @returns sends what is recorded, and stops
 */
export async function openTraces(
  service: string,
  settings: TraceSettings,
  log: Log,
): Promise<() => Promise<void>> {
  const endpoint = settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined || settings.OTEL_SDK_DISABLED === 'true') return async () => {}
  const { startSdk } = await import('./trace-sdk.ts')
  return startSdk(service, log)
}
