import { z } from 'zod'

const endpoint = z.string().regex(/^https?:\/\/[^/\s]+/, 'must begin with http:// or https://')

/**
 * Traces, by the variables of OpenTelemetry: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables.
 * The SDK reads these and its further ones itself; here they are checked.
 */
export const traceSettings = {
  /** Where spans are sent, by OTLP over HTTP as JSON. Without one none are made. */
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.optional(),
  /** In place of the former, with its whole path. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint.optional(),
  OTEL_SDK_DISABLED: z.enum(['true', 'false']).optional(),
  /** Which traces that begin here are recorded; `parentbased_…`, the default with `always_on`, leaves others to their caller. */
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).optional(),
}
