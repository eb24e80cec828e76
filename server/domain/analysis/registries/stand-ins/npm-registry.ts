import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tarballOf } from './tarball.ts';

/** A real registry on loopback for tests: packuments and tarballs of made-up packages. */
export type NpmStandIn = {
  url: string;
  /** Paths that were asked for, in order. */
  requests: string[];
  publish(
    manifest: { name: string; version: string } & Record<string, unknown>,
    files: Record<string, string>,
    time?: string,
  ): void;
  /** Answers every request with this status from now on; null is as before. */
  failWith(status: number | null): void;
  /** Requests for tarballs alone fail. */
  failTarballsWith(status: number | null): void;
  /** Requests are left unanswered until the stand-in closes. */
  hang(): void;
  close(): Promise<void>;
};

export async function startNpmStandIn(): Promise<NpmStandIn> {
  const versions = new Map<string, Map<string, { manifest: Record<string, unknown>; tarball: Buffer; time: string }>>();
  const requests: string[] = [];
  let status: number | null = null;
  let tarballStatus: number | null = null;
  let hanging = false;

  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    requests.push(path);
    if (hanging) return;
    const failed = status ?? (path.includes('/-/') ? tarballStatus : null);
    if (failed !== null) {
      response.writeHead(failed).end('{}');
      return;
    }
    if (path.startsWith('/-/v1/search?')) {
      const words = (new URL(path, 'http://registry').searchParams.get('text') ?? '').split(' ');
      const newest = [...versions.values()].flatMap((all) => [...all.values()].slice(-1));
      const found = newest.filter(({ manifest }) => words.some((word) => String(manifest['name']).includes(word)));
      const objects = found.map(({ manifest }) => ({ package: manifest }));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ objects }));
      return;
    }
    const [name = '', file] = path.slice(1).split('/-/');
    const found = versions.get(name);
    if (!found) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
      return;
    }
    if (file !== undefined) {
      response
        .writeHead(200, { 'content-type': 'application/octet-stream' })
        .end(found.get(file.replace(/\.tgz$/, ''))?.tarball);
      return;
    }
    const packument = {
      name,
      'dist-tags': { latest: [...found.keys()].at(-1) },
      versions: Object.fromEntries([...found].map(([version, { manifest }]) => [version, manifest])),
      time: Object.fromEntries([...found].map(([version, { time }]) => [version, time])),
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listening on a port, so the address is one
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  return {
    url,
    requests,
    publish: (manifest, files, time = '2026-01-01T00:00:00.000Z') => {
      const { name, version } = manifest;
      const tarball = tarballOf('package', { 'package.json': JSON.stringify(manifest), ...files });
      const dist = {
        tarball: `${url}${name}/-/${version}.tgz`,
        integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
      };
      const all = versions.get(name) ?? new Map();
      versions.set(name, all.set(version, { manifest: { ...manifest, dist }, tarball, time }));
    },
    failWith: (next) => {
      status = next;
    },
    failTarballsWith: (next) => {
      tarballStatus = next;
    },
    hang: () => {
      hanging = true;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
