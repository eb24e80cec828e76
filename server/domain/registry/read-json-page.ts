import { boundedGet, TooLargeError } from '../outbound/bounded-get.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { RegistryReadError } from './listed-server.ts';

/** A page is 100 entries of a few kilobytes. */
const PAGE_BYTES_MAX = 8_000_000;
const PAGE_MS_MAX = 20_000;
const RETRY_AFTER_MS_MAX = 6 * 3_600_000;

/** Gets one page as JSON. `where` names the source in sentences. @throws RegistryReadError, the signal's reason. */
export async function readJsonPage(
  fetch: SafeFetch,
  url: string,
  where: string,
  signal: AbortSignal,
): Promise<{ body: unknown; at: Date | null }> {
  const get = {
    url,
    signal,
    timeoutMs: PAGE_MS_MAX,
    bytesMax: PAGE_BYTES_MAX,
    headers: { accept: 'application/json' },
  };
  const { status, headers, body } = await boundedGet(fetch, get).catch((cause: unknown) => {
    signal.throwIfAborted();
    const message = cause instanceof TooLargeError ? `A page of ${where} is too large.` : `${where} did not answer.`;
    throw new RegistryReadError(message, { cause });
  });
  if (status !== 200) {
    throw new RegistryReadError(`${where} answered with status ${status}.`, {
      isRefusal: status >= 400 && status < 500 && status !== 429 && status !== 408,
      retryAfterMs: retryAfterOf(headers),
    });
  }
  try {
    return { body: JSON.parse(body.toString('utf8')) as unknown, at: dateOf(headers) };
  } catch (cause) {
    throw new RegistryReadError(`${where} answered with something else than JSON.`, { cause });
  }
}

function retryAfterOf(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1_000, RETRY_AFTER_MS_MAX) : null;
}

function dateOf(headers: Headers): Date | null {
  const at = new Date(headers.get('date') ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}
