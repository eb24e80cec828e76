import type { MachinesClient } from '#deploy/fly/calls.ts';
import type { KeyService } from '#prisma/generated/client/enums.ts';
import { unreachable } from '../assert-never.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { checkFly, type FlyTarget } from './check-fly.ts';
import { checkGitHub } from './check-github.ts';
import { checkOpenRouter } from './check-openrouter.ts';
import { checkRegistries } from './check-registries.ts';
import { keyRefused } from './key-check.ts';
import type { ServiceFacts } from './service-key.ts';

export type KeyCheckDeps = {
  fetch: SafeFetch;
  gitHubApiUrl: string;
  openRouterBaseUrl: string;
  /** Origins of registries of images that may be private, or go without TLS. */
  imageRegistriesTrusted: readonly string[];
  /** A client of Fly's API with this token; closed after use. */
  flyClient: (token: string) => Pick<MachinesClient, 'currentToken' | 'findApp' | 'listApps' | 'close'>;
};

export type CheckedKey = { key: string; facts: ServiceFacts; appExists: boolean };

const KEY_CHARACTERS_MAX = 10_000;
/** The characters that a header may carry. Fly's macaroons come with their scheme in front. */
const KEY = /^(?:FlyV1 |Bearer )?[\x21-\x7e]+$/;

/** The input that a key comes in. */
const FIELDS: Record<KeyService, string> = {
  FLY: 'flyToken',
  OPENROUTER: 'openRouterKey',
  GITHUB: 'gitHubToken',
  REGISTRIES: 'registryLogins',
};

/** Asks the service about a key, within ten seconds. Throws INVALID_INPUT and SERVICE_UNREACHABLE. */
export async function checkKey(
  deps: KeyCheckDeps,
  question: { service: KeyService; key: string; target: FlyTarget | null },
  signal: AbortSignal,
): Promise<CheckedKey> {
  const { service, target } = question;
  const key = question.key.trim();
  if (!KEY.test(key) || key.length > KEY_CHARACTERS_MAX) {
    throw keyRefused(FIELDS[service], key === '' ? 'The key is empty.' : 'This is no key: it holds other characters.');
  }
  switch (service) {
    case 'GITHUB':
      return {
        key,
        facts: await checkGitHub({ fetch: deps.fetch, apiUrl: deps.gitHubApiUrl }, key, signal),
        appExists: false,
      };
    case 'REGISTRIES': {
      const { fetch, imageRegistriesTrusted: trusted } = deps;
      return { key, facts: await checkRegistries({ fetch, trusted }, key, signal), appExists: false };
    }
    case 'OPENROUTER':
      return {
        key,
        facts: await checkOpenRouter({ fetch: deps.fetch, baseUrl: deps.openRouterBaseUrl }, key, signal),
        appExists: false,
      };
    case 'FLY': {
      if (target === null) throw new Error('A Fly token is checked for an app.');
      const client = deps.flyClient(key);
      try {
        return { key, ...(await checkFly(client, target, signal)) };
      } finally {
        await client.close();
      }
    }
    default:
      return unreachable(service);
  }
}
