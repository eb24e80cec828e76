import { z } from 'zod';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { askService, keyRefused, serviceAway } from './key-check.ts';
import { NO_FACTS, type ServiceFacts } from './service-key.ts';

const answerSchema = z.looseObject({ data: z.looseObject({ label: z.string().nullish() }) });

/** `GET /key` tells about the key that asks, and costs nothing. Throws INVALID_INPUT and SERVICE_UNREACHABLE. */
export async function checkOpenRouter(
  { fetch, baseUrl }: { fetch: SafeFetch; baseUrl: string },
  key: string,
  signal: AbortSignal,
): Promise<ServiceFacts> {
  const url = `${baseUrl.replace(/\/+$/, '')}/key`;
  const { status, json } = await askService(fetch, { service: 'OpenRouter', url, key, signal });
  if (status === 401 || status === 403) {
    throw keyRefused(
      'openRouterKey',
      'OpenRouter does not accept this key.',
      'It may be cut off, disabled or deleted. Make one at openrouter.ai/settings/keys.',
    );
  }
  if (status !== 200) throw serviceAway('OpenRouter', `It answered ${status}.`);
  const label = answerSchema.safeParse(json).data?.data.label ?? null;
  // A key without a name is labeled with parts of itself, which the ending shows already.
  return { ...NO_FACTS, account: label?.startsWith('sk-') ? null : label };
}
