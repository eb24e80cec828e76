import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { PrismaClient } from '#prisma/client.ts';
import { isUuid } from '#server/domain/access/uuid.ts';
import { isAuditType } from '#server/domain/audit/entries.ts';
import { readAudit, readSearch } from '#server/domain/audit/read.ts';
import { type Authenticate, credentialsOf } from './authenticate.ts';
import { sendError } from './send-error.ts';

export const AUDIT_EXPORT_PATH = '/api/audit.jsonl';

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const querySchema = z.object({
  deployment: z.string().refine(isUuid).optional(),
  type: list.pipe(z.array(z.string().refine(isAuditType))).optional(),
  since: z.coerce.date().optional(),
  until: z.coerce.date().optional(),
  actor: z.string().max(100).optional(),
  search: z.string().max(100).optional(),
});

/** `GET /api/audit.jsonl`: the caller's own trail, newest first, a JSON object a line, filtered as on its page. */
export function createAuditExport(options: {
  prisma: PrismaClient;
  authenticate: Authenticate;
  addressOf: (req: Request) => string;
}): RequestHandler {
  const { prisma, authenticate, addressOf } = options;
  return async (req, res) => {
    const actor = await authenticate(credentialsOf(req.headers, addressOf(req)));
    if (actor === null) {
      return sendError(req, res, { status: 401, code: 'UNAUTHENTICATED', message: 'You are not signed in.' });
    }
    const { data: filter } = querySchema.safeParse(req.query);
    if (!filter) {
      const message = 'One of deployment, type, since, until, actor and search is invalid.';
      return sendError(req, res, { status: 400, code: 'INVALID_INPUT', message });
    }
    const {
      deployment: deploymentId = null,
      type: types = null,
      since = null,
      until = null,
      actor: by = null,
    } = filter;
    const search = await readSearch(prisma, filter.search ?? '');
    res.status(200).set({
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      'Content-Disposition': 'attachment; filename="catwalk-audit.jsonl"',
      'Cache-Control': 'no-store',
    });
    const lines = async function* () {
      for await (const row of readAudit(prisma, actor.userId, {
        deploymentId,
        types,
        since,
        until,
        actor: by,
        search,
      })) {
        const { id, at, actor: who, ip, type, deploymentId: deployment, deploymentName, data } = row;
        yield `${JSON.stringify({ id: String(id), at, actor: who, ip, type, deployment, deploymentName, data })}\n`;
      }
    };
    // an export that broke off must not look whole: the connection ends without its last chunk
    await pipeline(Readable.from(lines()), res).catch(() => res.destroy());
  };
}
