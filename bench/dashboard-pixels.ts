import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import type { Storage } from '#server/compose/storage.ts';
import { recordEvent } from '#server/domain/deployments/rows/transition.ts';
import { createEvents } from '#server/domain/events.ts';

const CHANGES = 300;
const WARM_UP = 30;
const PAUSE_MS = 25;
const CLOCK_READINGS = 30;

declare global {
  /** When the list last showed a change, once it was painted; in the page's own time. */
  var shown: { name: string; at: number }[];
}

type Measure = { page: Page; storage: Storage; ids: readonly string[] };

/**
 * Changes one deployment after the other as a worker does, and takes the time from the commit to the frame that shows
 * it. Gives all delays in milliseconds, the shortest first.
 */
export async function measurePixels({ page, storage, ids }: Measure): Promise<number[]> {
  const { prisma, transaction, listener } = storage.database;
  const events = await createEvents(listener);
  const ahead = await clockDifference(page);
  await watchRows(page);

  const delays: number[] = [];
  for (let change = 0; change < CHANGES + WARM_UP; change += 1) {
    const index = (change * 7) % ids.length;
    const id = ids[index] ?? '';
    const status = change % 2 === 0 ? 'UNHEALTHY' : 'STOPPED';
    const deployment = await prisma.deployment.findUniqueOrThrow({ where: { id } });
    const next = deployment.status === status ? 'ASLEEP' : status;
    await transaction(async (tx) => {
      await tx.deployment.update({ where: { id }, data: { status: next } });
      const entry = { status: next, phase: null, message: 'Changed.', releaseId: null } as const;
      await recordEvent(tx, events, deployment, entry, new Date());
    });
    const committedAt = performance.timeOrigin + performance.now();
    const shownAt = await page
      .waitForFunction((name) => globalThis.shown.find((one) => one.name === name)?.at, deployment.name, {
        polling: 10,
      })
      .then((handle) => handle.jsonValue());
    await page.evaluate(() => {
      globalThis.shown = [];
    });
    if (change >= WARM_UP) delays.push((shownAt ?? Number.NaN) - ahead - committedAt);
    await sleep(PAUSE_MS);
  }
  return delays.sort((a, b) => a - b);
}

/** How far the page's clock is ahead of ours, in milliseconds: both are asked in turn, the quickest answer counts. */
async function clockDifference(page: Page): Promise<number> {
  let best = { took: Number.POSITIVE_INFINITY, ahead: 0 };
  for (let reading = 0; reading < CLOCK_READINGS; reading += 1) {
    const before = performance.timeOrigin + performance.now();
    const there = await page.evaluate(() => performance.timeOrigin + performance.now());
    const after = performance.timeOrigin + performance.now();
    if (after - before < best.took) best = { took: after - before, ahead: there - (before + after) / 2 };
  }
  return best.ahead;
}

/** Notes when each row's change is on the screen: the message is handled after the frame that shows it. */
const watchRows = (page: Page): Promise<void> =>
  page.evaluate(() => {
    globalThis.shown = [];
    const list = document.querySelector('main ul');
    if (!list) throw new Error('There is no list.');
    new MutationObserver((changes) => {
      const names = new Set(
        changes.map(({ target }) => {
          const element = target instanceof Element ? target : target.parentElement;
          return element?.closest('li')?.querySelector('a')?.textContent ?? '';
        }),
      );
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          const at = performance.timeOrigin + performance.now();
          for (const name of names) globalThis.shown.push({ name, at });
        };
        port2.postMessage(null);
      });
    }).observe(list, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ['data-status'],
    });
  });
