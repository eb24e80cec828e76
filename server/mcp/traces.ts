/** The span of one request, from its arrival on. */
export type RequestTrace = {
  /** Names the span to the next hop, as W3C Trace Context has it. */
  readonly traceparent: string;
  /** Nothing more will come. Must return at once and never throw. */
  end(facts: TracedExchange): void;
};

/** What is known of a request when it begins. */
export type TracedRequest = {
  deploymentId: string;
  /** The name of the view in the address. */
  view: string | null;
  /** The headers `traceparent` and `tracestate` of the caller. */
  traceparent: string | null;
  tracestate: string | null;
  /** Milliseconds since 1970. */
  arrivedAtMs: number;
  requestId: string;
  sessionId: string | null;
  protocolVersion: string | null;
  /** It waited for a sleeping machine until now. */
  isCold: boolean;
};

/** What is known of it in the end. */
export type TracedExchange = {
  /** HTTP status; 499 if the client left before there was an answer. */
  status: number;
  /** The code of a refusal of the endpoint. */
  errorCode: string | null;
  /** Null for a body that names none. */
  method: string | null;
  name: string | null;
  machineId: string;
};

export type RequestTraces = { begin(request: TracedRequest): RequestTrace };
