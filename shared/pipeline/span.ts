/** A piece of work in a trace, as W3C Trace Context names them: https://www.w3.org/TR/trace-context/ */
export interface Span {
  /** 32 hexadecimal digits, the same for everything that one timer or event led to. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** The span that led to this one; undefined where it is the first. */
  readonly parentId?: string;
}

const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/**
 * The span that follows what a `traceparent` names, or begins a trace where it names nothing.
 * `digits` gives so many hexadecimal digits that nothing has had before.
 */
export function spanAfter(
  traceparent: string | undefined,
  digits: (count: number) => string,
): Span {
  const [, traceId, parentId] = form.exec(traceparent ?? '') ?? [];
  const spanId = digits(16);
  return traceId === undefined || parentId === undefined
    ? { traceId: digits(32), spanId }
    : { traceId, spanId, parentId };
}

/** A span as messages and requests carry it. */
export function traceparentOf({ traceId, spanId }: Span): string {
  return `00-${traceId}-${spanId}-01`;
}
