import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import express, { type RequestHandler } from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { compressJson } from './compress-json.ts';
import { createDashboard } from './dashboard.ts';

const PAGE = `<!doctype html><title>Catwalk</title>${'<p>The page.</p>'.repeat(100)}`;

async function serve(handler: RequestHandler): Promise<string> {
  const server = createServer(express().use(handler)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
}

/** Node's fetch would decode the body. */
async function read(url: string, headers: Record<string, string>) {
  const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

async function buildFiles(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'catwalk-dashboard-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(path.join(directory, 'index.html'), PAGE);
  await writeFile(path.join(directory, 'index.html.br'), brotliCompressSync(PAGE));
  await writeFile(path.join(directory, 'index.html.gz'), gzipSync(PAGE));
  return directory;
}

test('sends a page in the coding that the browser accepts', async () => {
  const url = await serve(createDashboard(await buildFiles()));
  const page = `${url}/deployments`;
  const brotli = await read(page, { accept: 'text/html', 'accept-encoding': 'gzip, deflate, br, zstd' });
  expect(brotli).toMatchObject({ status: 200, headers: { 'content-encoding': 'br', 'cache-control': 'no-cache' } });
  expect(brotli.headers['content-type']).toContain('text/html');
  expect(brotli.headers.vary).toContain('Accept-Encoding');
  expect(brotliDecompressSync(brotli.body).toString()).toBe(PAGE);
  const gzip = await read(page, { accept: 'text/html', 'accept-encoding': 'gzip' });
  expect(gunzipSync(gzip.body).toString()).toBe(PAGE);
  const plain = await read(page, { accept: 'text/html' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.body.toString()).toBe(PAGE);
});

test('says that the dashboard is not built, where it is not', async () => {
  const url = await serve(createDashboard(path.join(tmpdir(), 'catwalk-not-built')));
  expect(await read(`${url}/deployments`, { accept: 'text/html' })).toMatchObject({ status: 503 });
});

test('compresses a large JSON answer, and neither a small one nor a stream of events', async () => {
  const large = JSON.stringify({ data: 'x'.repeat(5_000) });
  const app = express.Router();
  app.use(compressJson());
  app.get('/large', (_req, res) => void res.type('application/graphql-response+json').send(large));
  app.get('/small', (_req, res) => void res.json({ data: null }));
  app.get('/events', (_req, res) => void res.type('text/event-stream').send(`data: ${large}\n\n`));
  const url = await serve(app);
  const headers = { 'accept-encoding': 'gzip' };
  const compressed = await read(`${url}/large`, headers);
  expect(compressed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(compressed.body).toString()).toBe(large);
  for (const name of ['small', 'events']) {
    expect((await read(`${url}/${name}`, headers)).headers['content-encoding']).toBeUndefined();
  }
});
