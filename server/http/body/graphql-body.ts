import express, { type RequestHandler } from 'express';
import type { Authenticate, Credentials } from '../authenticate.ts';
import { BODY_BYTES_MAX, type BodyAdmission, bodyLength, refuseTooLarge } from './admission.ts';
import { fitsJsonLimits } from './json-shape.ts';

/** FILE credentials come as base64. */
const KNOWN_BODY_BYTES_MAX = 8 * 1024 * 1024;
/** The largest inputs nest six levels deep; one with 200 variables has some 1,000 values. */
const JSON_LIMITS = { depthMax: 64, valuesMax: 20_000 };
const SIGN_IN_HINT = 'Sign in, or send an API token: then it may be larger.';

const isJson = (contentType: string | undefined): boolean => /^application\/json\b/i.test(contentType ?? '');

const readerUpTo = (limit: number): RequestHandler => express.raw({ type: () => true, limit, inflate: false });

/**
 * Reads and parses the JSON body of a GraphQL request. A large one is read only for a caller who is signed in, and none
 * is parsed whose values would take much more memory than its text. Other media types are left for Yoga to refuse.
 */
export function createGraphqlBodyReader(options: {
  admission: BodyAdmission;
  authenticate: Authenticate;
  credentialsOf: (req: Parameters<RequestHandler>[0]) => Credentials;
}): RequestHandler[] {
  const { admission, authenticate } = options;
  const readSmall = readerUpTo(BODY_BYTES_MAX);
  const readLarge = readerUpTo(KNOWN_BODY_BYTES_MAX);

  const read: RequestHandler = async (req, res, next) => {
    const length = bodyLength(req);
    if (length === 0 || !isJson(req.headers['content-type'])) return next();
    if (length !== null && length <= BODY_BYTES_MAX) return readSmall(req, res, next);
    const actor = await authenticate(options.credentialsOf(req));
    if (actor === null) {
      if (length === null) return readSmall(req, res, next);
      return refuseTooLarge(req, res, BODY_BYTES_MAX, SIGN_IN_HINT);
    }
    if (length !== null && length > KNOWN_BODY_BYTES_MAX) return refuseTooLarge(req, res, KNOWN_BODY_BYTES_MAX);
    if (admission.enlarge(req, res, KNOWN_BODY_BYTES_MAX)) readLarge(req, res, next);
  };

  const parse: RequestHandler = (req, res, next) => {
    if (!Buffer.isBuffer(req.body)) return next();
    const refuse = (message: string, code: string) => {
      res.status(400).json({ errors: [{ message, extensions: { code } }] });
    };
    if (!fitsJsonLimits(req.body, JSON_LIMITS)) {
      return refuse('The body nests too deep, or has too many values.', 'LIMIT_REACHED');
    }
    const parsed = parseObject(req.body);
    if (parsed === null) return refuse('The body must be a JSON object.', 'INVALID_INPUT');
    req.body = parsed; // Yoga takes it from there
    next();
  };

  return [read, parse];
}

/** An object with a member, or null. Yoga would take anything else for a body that is still to be read. */
function parseObject(text: Buffer): object | null {
  try {
    const value: unknown = JSON.parse(text.toString('utf8'));
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0 ? value : null;
  } catch {
    return null;
  }
}
