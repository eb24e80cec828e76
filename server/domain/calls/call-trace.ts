import { z } from 'zod';

const RPC_ID_MAX = 128;

const traceId = z.string().regex(/^[0-9a-f]{32}$/);
const spanId = z.string().regex(/^[0-9a-f]{16}$/);
const milliseconds = z.number().nonnegative().finite();

/** A CallTrace of the host's contract. */
export const callTraceSchema = z.object({
  traceId,
  parentId: spanId,
  link: z.object({ traceId, spanId }).nullable(),
  spanId,
  childSpanId: spanId,
  rpcId: z.string().transform((value) => value.slice(0, RPC_ID_MAX)),
  start: z.object({ afterMs: milliseconds, tookMs: milliseconds }).nullable(),
});
