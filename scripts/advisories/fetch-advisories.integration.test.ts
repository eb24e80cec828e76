import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { fetchAdvisories } from './fetch-advisories.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** An OSV service that knows one advisory of `left`. */
async function openService(status = 200) {
  const queries: unknown[] = [];
  const server = createServer(async (req, res) => {
    res.writeHead(status, { 'content-type': 'application/json' });
    if (req.url === '/v1/querybatch') {
      const body = JSON.parse(await text(req)) as { queries: { package: { name: string } }[] }; // what the test sends
      queries.push(...body.queries);
      const results = body.queries.map(({ package: { name } }) =>
        name === 'left' ? { vulns: [{ id: 'OSV-1' }] } : {},
      );
      res.end(JSON.stringify({ results }));
      return;
    }
    res.end(
      JSON.stringify({
        id: 'OSV-1',
        summary: 'Something is wrong.',
        modified: '2026-11-29T00:00:00Z',
        details: 'A long text that the list does not keep.',
        affected: [
          {
            package: { ecosystem: 'npm', name: 'left', purl: 'pkg:npm/left' },
            ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
          },
        ],
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, queries };
}

const TREE = [
  { name: 'left', version: '1.0.0' },
  { name: 'right', version: '2.0.0' },
];

test('requests every package of the tree and keeps the fields that the check reads', async () => {
  const service = await openService();
  expect(await fetchAdvisories(service.url, TREE)).toEqual([
    {
      id: 'OSV-1',
      summary: 'Something is wrong.',
      modified: '2026-11-29T00:00:00Z',
      affected: [
        {
          package: { ecosystem: 'npm', name: 'left' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
        },
      ],
    },
  ]);
  expect(service.queries).toEqual([
    { version: '1.0.0', package: { ecosystem: 'npm', name: 'left' } },
    { version: '2.0.0', package: { ecosystem: 'npm', name: 'right' } },
  ]);
});

test('fails when the service refuses', async () => {
  const service = await openService(405);
  await expect(fetchAdvisories(service.url, TREE)).rejects.toThrow('returned status 405');
});
