import { ImageError } from '#deploy/host/images/image-error.ts';
import { registryOrigin } from '#deploy/host/images/image-reference.ts';
import { createRegistryReader } from '#deploy/host/images/registry-access.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { CHECK_TIMEOUT_MS, keyRefused, serviceAway } from './key-check.ts';
import { parseRegistryLogins } from './registry-logins.ts';
import { NO_FACTS, type ServiceFacts } from './service-key.ts';

const FIELD = 'registryLogins';

/** Signs in at every registry. Throws INVALID_INPUT with the registry that refuses, and SERVICE_UNREACHABLE. */
export async function checkRegistries(
  { fetch, trusted }: { fetch: SafeFetch; trusted: readonly string[] },
  text: string,
  signal: AbortSignal,
): Promise<ServiceFacts> {
  const logins = parseRegistryLogins(text);
  if (logins === null)
    throw keyRefused(
      FIELD,
      'These are no logins of registries.',
      'Write user:token@registry, such as ann:ghp_…@ghcr.io, with commas between several. In a token, write %40 for @ and %2C for a comma.',
    );
  const limited = AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]);
  for (const [registry, login] of logins) {
    const origin = registryOrigin(registry, trusted);
    const reader = createRegistryReader({ registry, repository: '', origin, login, fetch });
    const isAccepted = await reader.signIn(limited).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof ImageError && error.kind !== 'unavailable') return false;
      throw serviceAway(registry, error);
    });
    if (!isAccepted)
      throw keyRefused(FIELD, `${registry} does not accept this login.`, 'Its token may be expired or revoked.');
  }
  return { ...NO_FACTS, account: [...logins.keys()].join(', ') };
}
