import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { digestOf } from './read-image.ts';

type Stored = { bytes: Buffer; type: string };
const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** When a smaller part breaks off, a client may see the end before the beginning. */
const SMALL_BYTES = 200_000;

type Part = { mediaType: string; digest: string; size: number };

const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

export type PullRegistryOptions = {
  /** `token`: a service of its own gives tokens out; to everybody, or with `login` to that user alone. */
  access?: 'open' | 'token' | 'basic';
  login?: { username: string; password: string };
};

export type ImageOptions = {
  config?: Record<string, unknown>;
  layers: readonly Buffer[];
  tag?: string;
  /** Behind an index that offers these platforms, the first one being that of the image. */
  platforms?: readonly { os: string; architecture: string }[];
};

/**
 * A registry on loopback that images can be pulled from (OCI distribution specification 1.1): tags and digests, indexes,
 * tokens and basic authentication, downloads in ranges, layers in a storage elsewhere, and downloads that break off.
 */
export async function startPullRegistry(options: PullRegistryOptions = {}) {
  const { access = 'open', login } = options;
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Stored>();
  const tags = new Map<string, string>();
  const tokens = new Set<string>();
  /** `cutDownloads` answers to a request for a large layer with half of what is left; `elsewhere` sends layers to a storage of another origin. */
  const faults = { cutDownloads: 0, ignoresRanges: false, elsewhere: false, unavailable: 0, damaged: false };
  const requests: { line: string; authorization: string | null; range: string | null }[] = [];

  const basicOf = ({ username, password }: { username: string; password: string }): string =>
    `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const refuse = (
    response: ServerResponse,
    status: number,
    code: string,
    headers: Record<string, string> = {},
  ): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ errors: [{ code }] }));
  };

  const sendBlob = (request: IncomingMessage, response: ServerResponse, blob: Buffer): void => {
    const bytes = faults.damaged ? Buffer.from(blob.map((byte) => byte ^ 1)) : blob;
    const asked = faults.ignoresRanges ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const from = Number(asked?.[1] ?? 0);
    const rest = bytes.subarray(from);
    response.writeHead(asked ? 206 : 200, { 'content-length': rest.length });
    if (rest.length > SMALL_BYTES && faults.cutDownloads-- > 0)
      response.write(rest.subarray(0, rest.length >> 1), () => response.destroy());
    else response.end(rest);
  };

  const giveToken = (request: IncomingMessage, response: ServerResponse): void => {
    if (login && request.headers.authorization !== basicOf(login)) return void refuse(response, 401, 'UNAUTHORIZED');
    const token = randomUUID();
    tokens.add(token);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
  };

  const mayRead = (request: IncomingMessage, response: ServerResponse): boolean => {
    const given = request.headers.authorization ?? '';
    if (access === 'open') return true;
    if (access === 'basic' && login && given === basicOf(login)) return true;
    if (access === 'token' && given.startsWith('Bearer ') && tokens.has(given.slice(7))) return true;
    const challenge =
      access === 'basic' ? 'Basic realm="registry"' : `Bearer realm="${origin}/token",service="registry.example"`;
    refuse(response, 401, 'UNAUTHORIZED', { 'www-authenticate': challenge });
    return false;
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname } = new URL(request.url ?? '', 'http://registry');
    const { authorization = null, range = null } = request.headers;
    requests.push({ line: `${request.method} ${pathname}`, authorization, range });
    if (faults.unavailable-- > 0) return void refuse(response, 503, 'UNAVAILABLE');
    if (pathname === '/token') return void giveToken(request, response);
    const [, kind, reference = ''] = /^\/v2\/[a-z0-9._/-]+?\/(manifests|blobs)\/(.+)$/.exec(pathname) ?? [];
    if (!mayRead(request, response)) return;
    if (pathname === '/v2/') return void response.writeHead(200).end('{}');
    if (kind === 'manifests') {
      const found = manifests.get(tags.get(reference) ?? reference);
      if (found === undefined) return void refuse(response, 404, 'MANIFEST_UNKNOWN');
      response.writeHead(200, { 'content-type': found.type }).end(found.bytes);
      return;
    }
    const blob = blobs.get(reference);
    if (blob === undefined) return void refuse(response, 404, 'BLOB_UNKNOWN');
    if (!faults.elsewhere) return void sendBlob(request, response, blob);
    response.writeHead(307, { location: `http://127.0.0.1:${storagePort}/${reference}` }).end();
  };

  const server = createServer(handle);
  const storage = createServer((request, response) => {
    const { authorization = null, range = null } = request.headers;
    requests.push({ line: `STORAGE ${request.url}`, authorization, range });
    const blob = blobs.get((request.url ?? '').slice(1));
    if (blob) sendBlob(request, response, blob);
    else refuse(response, 404, 'BLOB_UNKNOWN');
  });
  const listen = (one: typeof server): Promise<number> =>
    new Promise((resolve) => one.listen(0, '127.0.0.1', () => resolve((one.address() as AddressInfo).port))); // it listens on TCP
  const [port, storagePort] = await Promise.all([listen(server), listen(storage)]);
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;

  const addBlob = (bytes: Buffer, mediaType: string): Part => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const addManifest = (content: object, type: string): Part => {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, ...content }));
    const digest = digestOf(bytes);
    manifests.set(digest, { bytes, type });
    return { mediaType: type, digest, size: bytes.length };
  };

  return {
    host,
    origin,
    storageOrigin: `http://127.0.0.1:${storagePort}`,
    faults,
    requests,
    tags,
    blobs,
    manifests,
    /** Puts an image into every repository; returns the digest of its manifest, and that of the index if there is one. */
    addImage: ({ config = {}, layers, tag = 'latest', platforms }: ImageOptions) => {
      const [platform = { os: 'linux', architecture: 'amd64' }] = platforms ?? [];
      const diffIds = layers.map((layer) => digestOf(isGzip(layer) ? gunzipSync(layer) : layer));
      const document = { ...platform, config, rootfs: { type: 'layers', diff_ids: diffIds } };
      const image = addManifest(
        {
          config: addBlob(Buffer.from(JSON.stringify(document)), 'application/vnd.oci.image.config.v1+json'),
          layers: layers.map((layer) => addBlob(layer, 'application/vnd.oci.image.layer.v1.tar+gzip')),
        },
        IMAGE,
      );
      const index =
        platforms && addManifest({ manifests: platforms.map((one) => ({ ...image, platform: one })) }, INDEX);
      tags.set(tag, (index ?? image).digest);
      return { digest: image.digest, index: index?.digest ?? null };
    },
    close: async () => {
      for (const one of [server, storage]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
    },
  };
}

export type PullRegistry = Awaited<ReturnType<typeof startPullRegistry>>;
