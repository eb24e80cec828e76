import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler } from 'express';
import { isUuid } from '#server/domain/access/uuid.ts';
import type { Actor } from '#server/domain/actor.ts';
import { UserError } from '#server/domain/errors.ts';
import { type Authenticate, credentialsOf } from './authenticate.ts';
import { sendError } from './send-error.ts';

export const DATA_DOWNLOAD_PATH = '/api/deployments/:id/data.tar.gz';

/** A client that takes nothing for so long is cut off, since a copy of the files waits for it. */
const UNREAD_MS_MAX = 60_000;
const STATUS_OF_KIND: Readonly<Record<string, number>> = { 'not-found': 404, conflict: 409 };

/** `GET /api/deployments/{id}/data.tar.gz`: the files that a stopped deployment of the caller keeps. */
export function createDataDownload(options: {
  data: { download(actor: Actor, id: string): Promise<Readable> };
  authenticate: Authenticate;
  addressOf: (req: Request) => string;
}): RequestHandler<{ id: string }> {
  const { data, authenticate, addressOf } = options;
  return async (req, res) => {
    const actor = await authenticate(credentialsOf(req.headers, addressOf(req)));
    if (actor === null)
      return sendError(req, res, { status: 401, code: 'UNAUTHENTICATED', message: 'You are not signed in.' });
    // Servers keep keys and cookies of their own there, which a token for reading must not give away.
    if (actor.scope !== 'WRITE')
      return sendError(req, res, {
        status: 403,
        code: 'FORBIDDEN',
        message: 'A token that may only read gives no files.',
      });
    const { id } = req.params;
    if (!isUuid(id))
      return sendError(req, res, { status: 404, code: 'NOT_FOUND', message: 'The deployment was not found.' });
    let archive: Readable;
    try {
      archive = await data.download(actor, id);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { code, kind, message, hint } = error;
      return sendError(req, res, { status: STATUS_OF_KIND[kind] ?? 400, code, message, hint: hint ?? undefined });
    }
    res.status(200).set({
      'Content-Type': 'application/gzip',
      'Content-Disposition': `attachment; filename="catwalk-data-${id}.tar.gz"`,
      'Cache-Control': 'no-store',
    });
    res.setTimeout(UNREAD_MS_MAX, () => res.destroy());
    // an archive that broke off must not look whole: the connection ends without its last chunk
    await pipeline(archive, res).catch(() => res.destroy());
  };
}
