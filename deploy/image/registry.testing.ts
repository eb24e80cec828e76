import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from './registry.ts';

type Stored = { bytes: Buffer; type: string };
type Repo = { blobs: Map<string, Buffer>; manifests: Map<string, Stored>; tags: Map<string, string> };

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
  return Buffer.concat(chunks);
};

const configOf = (layers: readonly string[]) => ({
  ...{ architecture: 'amd64', os: 'linux', config: { Cmd: ['node', 'host'] } },
  rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestOf(Buffer.from(layer))) },
});

/**
 * A registry on loopback as Fly's is: a token sees the repositories of its organization, which must exist as apps
 * first, and mounts layers between them. `faults.unknown` manifests are answered with MANIFEST_UNKNOWN first, and
 * `faults.cutUploads` uploads break off.
 */
export async function startRegistry(
  organizationOf: (repository: string) => string | null,
  tokens: Record<string, string>,
) {
  const repos = new Map<string, Repo>();
  const repoOf = (name: string): Repo => {
    const known = repos.get(name) ?? { blobs: new Map(), manifests: new Map(), tags: new Map() };
    repos.set(name, known);
    return known;
  };
  const faults = { unknown: 0, cutUploads: 0, forbidMounts: false };
  const requests: string[] = [];

  const tokenOf = (request: IncomingMessage): string =>
    Buffer.from((request.headers.authorization ?? '').slice('Basic '.length), 'base64')
      .toString()
      .split(':')[1] ?? '';
  const maySee = (request: IncomingMessage, repository: string): boolean => {
    const organization = organizationOf(repository);
    return organization !== null && tokens[organization] === tokenOf(request);
  };
  const fail = (response: ServerResponse, status: number, code: string): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code }] }));
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://registry');
    const { method = '' } = request;
    requests.push(`${method} ${url.pathname}`);
    const [, name = '', kind, rest = ''] = /^\/v2\/([a-z0-9._/-]+?)\/(manifests|blobs)\/(.*)$/.exec(url.pathname) ?? [];
    if (!maySee(request, name)) return fail(response, 401, 'UNAUTHORIZED');
    const repo = repoOf(name);
    if (kind === 'manifests' && method === 'PUT') {
      const bytes = await readAll(request);
      const digest = digestOf(bytes);
      const named = JSON.parse(bytes.toString()) as { layers?: { digest: string }[]; manifests?: { digest: string }[] };
      const isWhole =
        (named.layers ?? []).every((one) => repo.blobs.has(one.digest)) &&
        (named.manifests ?? []).every((one) => repo.manifests.has(one.digest));
      if (!isWhole) return fail(response, 400, 'MANIFEST_BLOB_UNKNOWN');
      repo.manifests.set(digest, { bytes, type: request.headers['content-type'] ?? '' });
      if (!rest.startsWith('sha256:')) repo.tags.set(rest, digest);
      return void response.writeHead(201, { 'docker-content-digest': digest }).end();
    }
    if (kind === 'manifests') {
      const digest = rest.startsWith('sha256:') ? rest : (repo.tags.get(rest) ?? '');
      const found = repo.manifests.get(digest);
      if (found === undefined || faults.unknown-- > 0) return fail(response, 404, 'MANIFEST_UNKNOWN');
      response.writeHead(200, { 'content-type': found.type, 'docker-content-digest': digest });
      return void response.end(method === 'HEAD' ? undefined : found.bytes);
    }
    if (method === 'POST') {
      const mount = url.searchParams.get('mount') ?? '';
      const from = url.searchParams.get('from') ?? '';
      const blob = maySee(request, from) && !faults.forbidMounts ? repoOf(from).blobs.get(mount) : undefined;
      if (blob === undefined)
        return void response.writeHead(202, { location: `/v2/${name}/blobs/uploads/${randomUUID()}?state=1` }).end();
      repo.blobs.set(mount, blob);
      return void response.writeHead(201).end();
    }
    if (method === 'PUT') {
      if (faults.cutUploads-- > 0) return void request.socket.destroy();
      const bytes = await readAll(request);
      const digest = url.searchParams.get('digest') ?? '';
      if (digestOf(bytes) !== digest) return fail(response, 400, 'DIGEST_INVALID');
      repo.blobs.set(digest, bytes);
      return void response.writeHead(201).end();
    }
    const blob = repo.blobs.get(rest);
    if (blob === undefined) return fail(response, 404, 'BLOB_UNKNOWN');
    response.writeHead(200, { 'content-length': blob.length }).end(method === 'HEAD' ? undefined : blob);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP

  return {
    host: `127.0.0.1:${port}`,
    faults,
    requests,
    repoOf,
    /** Puts an image with these layers below an index; returns the digest of the index. */
    addImage: (name: string, layers: readonly string[], tag = 'host-1'): string => {
      const repo = repoOf(name);
      const add = (text: string) => {
        const bytes = Buffer.from(text);
        repo.blobs.set(digestOf(bytes), bytes);
        return { digest: digestOf(bytes), size: bytes.length };
      };
      const store = (content: object, type: string): { digest: string; size: number } => {
        const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, ...content }));
        repo.manifests.set(digestOf(bytes), { bytes, type });
        return { digest: digestOf(bytes), size: bytes.length };
      };
      const image = store(
        { config: add(JSON.stringify(configOf(layers))), layers: layers.map(add) },
        'application/vnd.oci.image.manifest.v1+json',
      );
      const index = store({ manifests: [image] }, 'application/vnd.oci.image.index.v1+json');
      repo.tags.set(tag, index.digest);
      return index.digest;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type TestRegistry = Awaited<ReturnType<typeof startRegistry>>;
