import { z } from 'zod';
import { RECORDED_METHODS } from '#deploy/host/call-contract.ts';
import type { CallOutcome } from '#prisma/generated/client/enums.ts';
import { callBodiesSchema, type SealedBodies } from './bodies.ts';
import { callTraceSchema } from './call-trace.ts';

const TEXT_MAX = 256;
const text = z.string().transform((value) => storable(value.slice(0, TEXT_MAX)));
const count = z
  .number()
  .nonnegative()
  .transform((value) => Math.min(Math.round(value), 2 ** 31 - 1));
const milliseconds = z.number().nonnegative().finite();

/** A CallRecord of the host's contract. A host runs beside programs of strangers, so what it reports is checked. */
export const callRecordSchema = z.object({
  at: z.iso.datetime(),
  caller: text,
  client: z.object({ name: text, version: text }).nullable(),
  method: z.enum(RECORDED_METHODS),
  name: text,
  outcome: z.enum(['OK', 'TOOL_ERROR', 'PROTOCOL_ERROR', 'CANCELLED', 'TIMED_OUT', 'INPUT_REQUIRED']),
  errorCode: z.number().nullable(),
  durationMs: milliseconds,
  waitedMs: milliseconds,
  bytesIn: count,
  bytesOut: count,
  sessionId: text.nullable(),
  requestId: text.nullable(),
  era: z.enum(['legacy', 'modern']),
  bodies: callBodiesSchema.nullable(),
  trace: callTraceSchema.nullable().catch(null),
});

/** A call that no host recorded: the endpoint refused it, or the server runs elsewhere. */
export type RefusedCall = {
  deploymentId: string;
  /** ISO 8601. */
  at: string;
  /** JSON-RPC method; empty where it is unknown. */
  method: string;
  name: string;
  /** Label of the caller; null without a right to call. */
  caller: string | null;
  outcome: CallOutcome;
  /** Code of the refusal. */
  errorCode: string | null;
  status: number;
  durationMs: number;
  bytesIn: number;
  bytesOut: number;
  sessionId: string | null;
  requestId: string;
  era: 'legacy' | 'modern';
};

/** One row as it is written, before the database resolves its caller. */
export type CallRow = {
  at: string;
  method: string;
  name: string;
  outcome: CallOutcome;
  errorCode: string | null;
  status: number | null;
  durationMs: number;
  waitedMs: number;
  bytesIn: number;
  bytesOut: number;
  clientName: string | null;
  clientVersion: string | null;
  callerKind: 'token' | 'oauth' | 'public' | null;
  callerId: string | null;
  sessionId: string | null;
  requestId: string | null;
  era: string;
  bodies: SealedBodies | null;
};

const LABEL = /^(token|oauth):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** What the endpoint wrote into the label of a caller (toCallerLabel in server/mcp/access.ts). */
export const readCallerLabel = (label: string | null): Pick<CallRow, 'callerKind' | 'callerId'> => {
  if (label === 'public') return { callerKind: 'public', callerId: null };
  const [, kind, id] = LABEL.exec(label ?? '') ?? [];
  return kind === 'token' || kind === 'oauth'
    ? { callerKind: kind, callerId: id ?? null }
    : { callerKind: null, callerId: null };
};

export const rowOfRecord = (record: z.output<typeof callRecordSchema>, sealed: SealedBodies | null): CallRow => {
  const { caller, client, errorCode, bodies: _opened, trace: _spans, ...facts } = record;
  return {
    ...facts,
    errorCode: errorCode === null ? null : String(errorCode),
    status: null,
    clientName: client?.name ?? null,
    clientVersion: client?.version ?? null,
    ...readCallerLabel(caller),
    bodies: sealed,
  };
};

export const rowOfRefused = ({ deploymentId: _id, caller, ...facts }: RefusedCall): CallRow => ({
  ...facts,
  method: storable(facts.method.slice(0, TEXT_MAX)),
  name: storable(facts.name.slice(0, TEXT_MAX)),
  sessionId: facts.sessionId === null ? null : storable(facts.sessionId.slice(0, TEXT_MAX)),
  waitedMs: 0,
  clientName: null,
  clientVersion: null,
  ...readCallerLabel(caller),
  bodies: null,
});

/** PostgreSQL takes neither NUL nor half a surrogate pair; one such name would keep its whole batch from being stored. */
const storable = (value: string): string => value.toWellFormed().replaceAll('\0', '');
