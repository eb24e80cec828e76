import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Headers of every answer but the endpoint's. Scripts and styles come from files of ours alone, never inline. */
export function createSecurityHeaders(publicUrl: string): RequestHandler {
  const isHttps = publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'https://avatars.githubusercontent.com'],
        mediaSrc: ['data:'], // sound in the result of a tool
        // The playground calls endpoints under the public origin, whatever name the page was opened with.
        connectSrc: ["'self'", publicUrl],
        frameSrc: ["'self'"], // the frame of an MCP app; no other page of ours can be embedded
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        ...(isHttps ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: isHttps,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}
