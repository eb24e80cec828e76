import express, { type Router } from 'express';
import { z } from 'zod';
import { type DeviceLogins, POLL_SECONDS } from '#server/domain/identity/device-logins.ts';

const startSchema = z.object({
  client_name: z.string().max(200).default(''),
  scope: z.enum(['read', 'write']).default('write'),
});
const pollSchema = z.object({ device_code: z.string().min(1).max(200) });

/**
 * How `catwalk login` gets its token: the requests and answers of RFC 8628, sections 3.1 to 3.5, under paths of our own.
 * The code stays out of the address: the person types it, or compares it, on the dashboard's page.
 */
export function createDeviceLogin(options: {
  publicUrl: string;
  logins: DeviceLogins;
  addressOf: (req: express.Request) => string;
}): Router {
  const { publicUrl, logins, addressOf } = options;
  const router = express.Router();
  router.use(express.urlencoded({ extended: false, limit: '4kb', inflate: false }));
  router.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  router.post('/code', async (req, res) => {
    const { data } = startSchema.safeParse(req.body ?? {});
    if (!data) return void res.status(400).json({ error: 'invalid_request' });
    const started = await logins.start({
      name: data.client_name,
      scope: data.scope === 'read' ? 'READ' : 'WRITE',
      address: addressOf(req),
    });
    res.json({
      device_code: started.deviceCode,
      user_code: started.userCode,
      verification_uri: `${publicUrl}/device`,
      expires_in: started.expiresInSeconds,
      interval: POLL_SECONDS,
    });
  });

  router.post('/token', async (req, res) => {
    const { data } = pollSchema.safeParse(req.body ?? {});
    if (!data) return void res.status(400).json({ error: 'invalid_request' });
    const answer = await logins.poll(data.device_code);
    if (answer.state !== 'allowed') return void res.status(400).json({ error: ERRORS[answer.state] });
    const { token, scope, expiresAt } = answer;
    res.json({
      access_token: token,
      token_type: 'Bearer',
      scope: scope.toLowerCase(),
      ...(expiresAt === null ? {} : { expires_in: Math.round((expiresAt.getTime() - Date.now()) / 1000) }),
    });
  });

  return router;
}

const ERRORS = { pending: 'authorization_pending', denied: 'access_denied', expired: 'expired_token' };
