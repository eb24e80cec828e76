import { errorBodySchema } from './wire.ts';

export type MachinesErrorKind =
  | 'unauthorized'
  | 'not-found'
  /** The app was created a moment ago, and Fly does not know it everywhere yet. */
  | 'not-yet'
  | 'name-taken'
  /** The name of the app belongs to an owner whose apps this token cannot see. */
  | 'app-taken'
  | 'lease-held'
  | 'capacity'
  | 'limit'
  /** The organization has no payment method. */
  | 'payment'
  | 'image-not-found'
  /** The machine is in a state that refuses this call, often only for some seconds. */
  | 'precondition'
  | 'conflict'
  | 'rate-limited'
  | 'timeout'
  | 'unavailable'
  | 'invalid'
  /** A 2xx whose body is not what the API promises. */
  | 'bad-answer';

/** One sentence for people, for each kind: what to do. */
const HINTS: Record<MachinesErrorKind, string> = {
  unauthorized: 'Check the Fly token: it may be wrong, expired, or made for another organization or app.',
  'not-found': 'The app or the machine does not exist (any more).',
  'not-yet': 'Fly does not know the new app everywhere yet. Try again in some seconds.',
  'name-taken': 'The name is in use. Look for the machine or app that has it.',
  'app-taken': 'Names of apps are unique over all of Fly. Choose another one.',
  'lease-held': 'Another process holds the lease of this machine. Try again when it has expired.',
  capacity: 'Fly has no room for this machine there at the moment. Try another region or a smaller machine.',
  limit: 'The organization has reached its machine limit. Delete machines or ask Fly for more.',
  payment: 'Add a payment method to the organization in the dashboard of Fly, then try again.',
  'image-not-found': 'Fly cannot pull the machine image. Check FLY_MCP_IMAGE and that it was pushed.',
  precondition: 'The machine is not in a state that allows this yet. Try again in some seconds.',
  conflict: 'Another process changed the machine at the same time. Read it again.',
  'rate-limited': 'Too many calls to the Machines API. Try again in some seconds.',
  timeout: 'The Machines API did not answer in time. Try again.',
  unavailable: 'The Machines API cannot be reached or fails at the moment. Try again.',
  invalid: 'The Machines API refused the request as wrong.',
  'bad-answer': 'The Machines API answered something unexpected. Check FLY_API_BASE_URL.',
};

export type MachinesErrorDetails = {
  kind: MachinesErrorKind;
  /** The operation that was tried, such as `create in app-1`. */
  operation: string;
  /** HTTP status; null when no answer came. */
  status: number | null;
  /** The API's own code, such as `insufficient_capacity` or `failed_precondition`. */
  code: string | null;
  requestId: string | null;
  /** The request may have reached the API: without an answer it is unknown whether it took effect. */
  sent: boolean;
  /** The id of the machine that has the taken name, where the API reports it. */
  existingMachineId?: string | null;
  cause?: unknown;
};

export class MachinesError extends Error {
  readonly kind: MachinesErrorKind;
  readonly operation: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly requestId: string | null;
  readonly sent: boolean;
  readonly existingMachineId: string | null;
  readonly hint: string;

  constructor(message: string, details: MachinesErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'MachinesError';
    this.kind = details.kind;
    this.operation = details.operation;
    this.status = details.status;
    this.code = details.code;
    this.requestId = details.requestId;
    this.sent = details.sent;
    this.existingMachineId = details.existingMachineId ?? null;
    this.hint = HINTS[details.kind];
  }
}

const hasKind = (error: unknown, ...kinds: MachinesErrorKind[]): boolean =>
  error instanceof MachinesError && kinds.includes(error.kind);

export const isNotFound = (error: unknown): boolean => hasKind(error, 'not-found');
export const isCapacity = (error: unknown): boolean => hasKind(error, 'capacity');
export const isNameTaken = (error: unknown): boolean => hasKind(error, 'name-taken');
export const isRateLimited = (error: unknown): boolean => hasKind(error, 'rate-limited');
export const isUnauthorized = (error: unknown): boolean => hasKind(error, 'unauthorized');
export const isImageNotFound = (error: unknown): boolean => hasKind(error, 'image-not-found');
/** Refused in the machine's present state: a start soon after create or update has only to wait. */
export const isPrecondition = (error: unknown): boolean => hasKind(error, 'precondition');

/** It is unknown whether the call took effect: look (list on metadata) before doing it again. */
export const isAmbiguous = (error: unknown): boolean =>
  error instanceof MachinesError &&
  error.sent &&
  (error.status === null || error.status === 408 || error.status >= 500 || error.kind === 'bad-answer');

/** The same call may succeed later, with nothing changed. Says nothing about whether repeating it is safe. */
export const isRetryable = (error: unknown): boolean =>
  hasKind(
    error,
    'rate-limited',
    'timeout',
    'unavailable',
    'lease-held',
    'conflict',
    'precondition',
    'capacity',
    'not-yet',
  );

const CAPACITY =
  /insufficient[_ ](capacity|memory|cpu|resources)|could not reserve resource|volume_placement_capacity|no capacity/i;
const IMAGE =
  /manifest unknown|failed to (get|resolve|fetch) (the )?(manifest|image)|image .*not found|MANIFEST_UNKNOWN/i;
/** A trial organization has ten machines, which Fly stops after five minutes. */
const PAYMENT =
  /payment method|credit card|billing (is|has|must)|\b(free )?trial (organization|account|limit|has|period)/i;
const REFUSED_FOR_NOW = /refusing to start|unable to (start|stop|suspend) machine from current state/i;

const classify = (status: number, code: string | null, text: string): MachinesErrorKind => {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429) return 'rate-limited';
  if (status === 408 || status === 504) return 'timeout';
  if (code === 'name_taken' || /^already_exists|name .*(already been taken|is taken)/i.test(text)) return 'name-taken';
  // Capacity comes as 409, 422 or 503, sometimes with a code and sometimes only as a sentence.
  if (status >= 400 && CAPACITY.test(`${code ?? ''} ${text}`)) return 'capacity';
  if (status < 500 && IMAGE.test(text)) return 'image-not-found';
  if (status >= 400 && status < 500 && PAYMENT.test(text)) return 'payment';
  if (status === 404) return 'not-found';
  if (status === 412 || REFUSED_FOR_NOW.test(text)) return 'precondition';
  if (status === 409) return /lease/i.test(text) ? 'lease-held' : 'conflict';
  if (status === 422 && /machine limit|limit (reached|exceeded)|maximum number/i.test(text)) return 'limit';
  return status >= 500 ? 'unavailable' : 'invalid';
};

const parseBody = (body: string): { text: string; code: string | null } => {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // Proxies in front of the API answer in HTML or plain text: the status alone counts then.
    return { text: '', code: null };
  }
  const parsed = errorBodySchema.safeParse(json);
  if (!parsed.success) return { text: '', code: null };
  const text = (parsed.data.error ?? '').slice(0, 500);
  const prefix = /^([a-z][a-z_]+):/.exec(text)?.[1];
  return { text, code: typeof parsed.data.status === 'string' ? parsed.data.status : (prefix ?? null) };
};

/** The error for an answer that is no 2xx. */
export const errorFromAnswer = (
  operation: string,
  answer: { status: number; body: string; requestId: string | null },
): MachinesError => {
  const { text, code } = parseBody(answer.body);
  const kind = classify(answer.status, code, text);
  const existingMachineId = kind === 'name-taken' ? (/machine ID ([0-9a-f]+)/i.exec(text)?.[1] ?? null) : null;
  return new MachinesError(`The Machines API answered ${answer.status} to ${operation}${text ? `: ${text}` : '.'}`, {
    kind,
    operation,
    status: answer.status,
    code,
    requestId: answer.requestId,
    sent: true,
    existingMachineId,
  });
};

/** Failures that happen before a byte of the request leaves. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EACCES',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The error for a request that got no (whole) answer. */
export const errorFromFailure = (operation: string, failure: unknown, timedOut: boolean): MachinesError => {
  const code = failure instanceof Error && 'code' in failure && typeof failure.code === 'string' ? failure.code : null;
  const what = timedOut ? 'did not answer in time' : `could not be reached${code === null ? '' : ` (${code})`}`;
  return new MachinesError(`The Machines API ${what}: ${operation}.`, {
    kind: timedOut ? 'timeout' : 'unavailable',
    operation,
    status: null,
    code,
    requestId: null,
    sent: code === null || !NEVER_SENT.has(code),
    cause: failure,
  });
};
