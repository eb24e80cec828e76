import { expect, test } from 'vitest';
import type { OfferedAnswers } from '#deploy/host/contract.ts';
import { testRoute } from '../route.testing.ts';
import { createOfferCache } from './offer-cache.ts';

const offerOf = (characters: number): OfferedAnswers => ({ openings: {}, lists: { l: 'x'.repeat(characters) } });
const route = (releaseId: string) => testRoute({ releaseId, offerDigests: {} });

test('reads an offer once for as long as its lists stay the same', async () => {
  let readings = 0;
  const read = createOfferCache(async () => {
    readings += 1;
    return offerOf(1);
  });
  const one = route('r');
  await Promise.all([read(one), read(one)]);
  await read(one);
  expect(readings).toBe(1);
  await read(route('r'));
  expect(readings).toBe(2);
});

test('a reading that another one overtook takes no room', async () => {
  let readings = 0;
  const read = createOfferCache(async (releaseId) => {
    readings += 1;
    return releaseId === 'changing' ? offerOf(1024 * 1024) : offerOf(1);
  });
  const kept = route('kept');
  await Promise.all(Array.from({ length: 40 }, () => read(route('changing'))));
  await read(kept);
  readings = 0;
  await read(kept);
  expect(readings).toBe(0);
});
