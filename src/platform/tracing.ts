import { setTimeout as pause } from 'node:timers/promises';
import {
  context,
  diag,
  DiagLogLevel,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
} from '@opentelemetry/api';
import type { Stoppable } from './lifecycle.ts';

/** What a collector that does not answer may delay the end of the process. */
const LAST_EXPORT_MS = 2000;

/** W3C traceparent: which trace something belongs to, and which of its spans it follows from. */
export type TraceParent = string;

/** Ids, names of ours, counts and outcomes. Never a text, a token, or anything else that a caller or Slack wrote. */
export type SpanAttributes = Attributes;

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: SpanAttributes;
  /** Where it follows from something outside this call: a caller's header, a stored notification. Null begins a trace. */
  readonly parent?: TraceParent | null | undefined;
}

export { SpanKind };

/** Without an SDK this gives spans that cost next to nothing and are recorded nowhere. */
const tracer = trace.getTracer('heliograph');

const contextOf = (parent: TraceParent | null | undefined) => {
  if (parent === undefined) return context.active();
  return parent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent: parent });
};

/**
 * Runs `work` in a span of its own. `outcome` says in a word what came of it, where that is not an error. An error is named
 * by its class alone: its message may quote what was sent.
 */
export const inSpan = <T>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {}, parent }: SpanOptions,
  work: () => Promise<T>,
  outcome: (result: T) => SpanAttributes = () => ({}),
): Promise<T> =>
  tracer.startActiveSpan(name, { kind, attributes }, contextOf(parent), async (span) => {
    try {
      const result = await work();
      if (span.isRecording()) span.setAttributes(outcome(result));
      return result;
    } catch (error) {
      span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });

/** Says more of the span that is open now. */
export const annotateSpan = (attributes: SpanAttributes): void => void trace.getActiveSpan()?.setAttributes(attributes);

/** To be stored or sent along, so that what follows joins this trace; undefined where nothing is traced. */
export const currentTraceParent = (): TraceParent | undefined => {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
};

/** For log lines, by OpenTelemetry's names. */
export const currentTraceIds = (): { trace_id?: string; span_id?: string } => {
  const span = trace.getActiveSpan()?.spanContext();
  return span && trace.isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
};

/**
 * Loads the SDK, which nobody who traces nothing should pay for, and sends spans by OTLP over HTTP. Where to, with which
 * headers, sampler and resource, the SDK reads from the usual OTEL_* variables itself.
 */
export const startTracing = async (role: string, onProblem: (message: string) => void): Promise<Stoppable> => {
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const named = resources.resourceFromAttributes({ 'service.name': 'heliograph', 'heliograph.role': role });
  const given = resources.detectResources({ detectors: [resources.envDetector] });
  const provider = new NodeTracerProvider({
    resource: resources.defaultResource().merge(named).merge(given),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const ignore = (): void => {};
  const tell = { error: onProblem, warn: onProblem, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(tell, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return { stop: () => Promise.race([provider.shutdown(), pause(LAST_EXPORT_MS, undefined, { ref: false })]) };
};
