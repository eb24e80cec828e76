import type { RequestHandler } from 'express';
import { sendError } from '../send-error.ts';
import { APP_FRAME_PAGE } from './page.ts';
import { appFramePolicy, readOrigins } from './policy.ts';

export const APP_FRAME_PATH = '/app-frame';

/**
 * Serves the frame in which the playground shows an MCP app. The query names the origins that the app declared and the
 * user allowed: `connect` for requests, `resource` for scripts, styles, images, fonts and media.
 */
export function createAppFrame(): RequestHandler {
  return (req, res) => {
    const connect = readOrigins(req.query['connect']);
    const resource = readOrigins(req.query['resource']);
    if (!connect || !resource) {
      const message = 'The app names an origin that a frame may not use.';
      const hint = 'Name https:// or wss:// origins with a public name, 30 at most.';
      sendError(req, res, { status: 400, code: 'INVALID_INPUT', message, hint });
      return;
    }
    res.set('Content-Security-Policy', appFramePolicy({ connect, resource }));
    res.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), clipboard-write=(), display-capture=()');
    res.set('Cross-Origin-Opener-Policy', 'same-origin');
    res.set('Cache-Control', 'no-store');
    res.removeHeader('X-Frame-Options'); // `frame-ancestors` of the policy says who may embed the frame
    res.type('html').send(APP_FRAME_PAGE);
  };
}
