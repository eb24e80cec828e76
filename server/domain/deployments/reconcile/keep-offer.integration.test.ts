import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Offer, OfferedAnswers } from '#deploy/host/contract.ts';
import type { HostTarget } from '#deploy/host-client.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import { digestsOf } from '../rows/offer.ts';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { keepOffer } from './keep-offer.ts';
import type { Step } from './step.ts';

const HOST: HostTarget = { origin: 'http://host', headers: {}, token: 't' };
const LIST = '2025-11-25\ntools/list\n';

let rows: Rows;
let release: Release;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());
beforeEach(async () => {
  release = await rows.addRelease((await rows.addDeployment()).id, 1);
});

const keep = (read: () => Promise<Offer | null>, signal = new AbortController().signal) => {
  const parts = { deps: { prisma: rows.prisma, host: { offer: read } }, signal };
  return keepOffer(parts as unknown as Step, release.id, HOST); // only these parts are used
};
const offer = (answers: Partial<OfferedAnswers> | null, varies = false) =>
  keep(async () => ({ varies, answers: answers && { openings: {}, lists: {}, ...answers } }));
const kept = async () => {
  const { offer, offerDigests, offerVaries } = await rows.releaseOf(release.id);
  return { offer, offerDigests, offerVaries };
};

test('the answers of a host are kept with a digest, and later ones are added', async () => {
  await offer({ openings: { '2025-11-25': '{}' } });
  await offer({ lists: { [LIST]: '{"tools":[]}' } });
  const all = { openings: { '2025-11-25': '{}' }, lists: { [LIST]: '{"tools":[]}' } };
  expect(await kept()).toEqual({ offer: all, offerDigests: digestsOf(all), offerVaries: false });
});

test('an answer that differs from a kept one marks the release for good, and stays to be compared', async () => {
  await offer({ lists: { [LIST]: '1' } });
  await offer({ lists: { [LIST]: '2' } });
  expect(await kept()).toMatchObject({ offer: { lists: { [LIST]: '2' } }, offerVaries: true });
  expect((await kept()).offerDigests).toEqual(digestsOf({ openings: {}, lists: { [LIST]: '2' } }));
  await offer({ lists: { [LIST]: '2' } });
  expect(await kept()).toMatchObject({ offer: { lists: { [LIST]: '2' } }, offerVaries: true });
});

test('an offer that varies by itself is marked, and one that the host withholds is not kept', async () => {
  await offer({ lists: { [LIST]: '1' } }, true);
  expect(await kept()).toMatchObject({ offerVaries: true });
  release = await rows.addRelease(release.deploymentId, 2);
  await offer({ lists: { [LIST]: '1' } });
  await offer(null);
  expect(await kept()).toEqual({ offer: null, offerDigests: null, offerVaries: false });
});

test('a host of an older version, or one that does not answer, changes nothing', async () => {
  await offer({ lists: { [LIST]: '1' } });
  const before = await kept();
  await keep(async () => null);
  await keep(() => Promise.reject(new Error('away')));
  expect(await kept()).toEqual(before);
});

test('ends with the worker', async () => {
  const leaving = new AbortController();
  const read = async () => {
    leaving.abort(new Error('leaving'));
    throw new Error('aborted');
  };
  await expect(keep(read, leaving.signal)).rejects.toThrow('leaving');
});
