import { readBounded } from '../read-bounded.ts';
import { authorizationFor, MANIFESTS, originOf } from './registry.ts';

/** One repository of a registry (OCI distribution specification 1.1), with the token that may use it. */
export type Repository = { registry: string; name: string; token: string | null };

/** A registry refused a request, or did not answer. `status` is null without an answer. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly status: number | null;

  constructor(message: string, status: number | null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

export type Manifest = { mediaType: string; digest: string; bytes: Buffer };

const CALL_MS_MAX = 20_000;
/** A layer of some hundred MB. */
const BLOB_MS_MAX = 10 * 60_000;
const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;

type Request = {
  method: string;
  path: string;
  accept?: string;
  type?: string;
  body?: Buffer | ReadableStream<Uint8Array>;
  length?: number;
  timeoutMs?: number;
};

/** The calls that copying an image needs. Each rejects with a RegistryError for an answer that it does not expect. */
export const createRepository = ({ registry, name, token }: Repository, signal: AbortSignal) => {
  const origin = originOf(registry);

  const send = async (request: Request): Promise<Response> => {
    const { method, path, accept, type, body, length, timeoutMs = CALL_MS_MAX } = request;
    const url = new URL(path, `${origin}/v2/${name}/`);
    if (url.origin !== origin) throw new RegistryError(`${registry} sent an upload elsewhere.`, null);
    try {
      return await fetch(url, {
        method,
        headers: {
          ...authorizationFor(registry, token),
          ...(accept === undefined ? {} : { accept }),
          ...(type === undefined ? {} : { 'content-type': type }),
          ...(length === undefined ? {} : { 'content-length': String(length) }),
        },
        ...(body === undefined ? {} : { body, duplex: 'half' }),
        redirect: method === 'GET' ? 'follow' : 'manual', // blobs may be served from a storage
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      } as RequestInit); // `duplex` is missing in the types
    } catch (cause) {
      signal.throwIfAborted();
      throw new RegistryError(`${registry} did not answer.`, null, cause);
    }
  };

  const expect = async (request: Request, ...statuses: number[]): Promise<Response> => {
    const answer = await send(request);
    if (statuses.includes(answer.status)) return answer;
    await answer.body?.cancel();
    const what = `${request.method} of ${name}`;
    throw new RegistryError(`${registry} answered ${answer.status} to a ${what}.`, answer.status);
  };

  return {
    /** The digest of a manifest; null where there is none of this tag or digest. */
    findDigest: async (reference: string): Promise<string | null> => {
      const answer = await expect({ method: 'HEAD', path: `manifests/${reference}`, accept: MANIFESTS }, 200, 404);
      return answer.status === 200 ? answer.headers.get('docker-content-digest') : null;
    },
    getManifest: async (reference: string): Promise<Manifest> => {
      const answer = await expect({ method: 'GET', path: `manifests/${reference}`, accept: MANIFESTS }, 200);
      const bytes = await readBounded(answer.body, MANIFEST_BYTES_MAX);
      if (bytes === null) throw new RegistryError(`The manifest of ${name} is too large.`, 200);
      const digest = answer.headers.get('docker-content-digest') ?? reference;
      return { mediaType: answer.headers.get('content-type') ?? '', digest, bytes };
    },
    putManifest: async (reference: string, { mediaType, bytes }: Manifest): Promise<void> => {
      await expect({ method: 'PUT', path: `manifests/${reference}`, type: mediaType, body: bytes }, 201);
    },
    hasBlob: async (digest: string): Promise<boolean> =>
      (await expect({ method: 'HEAD', path: `blobs/${digest}` }, 200, 404)).status === 200,
    getBlob: async (digest: string): Promise<ReadableStream<Uint8Array>> => {
      const answer = await expect({ method: 'GET', path: `blobs/${digest}`, timeoutMs: BLOB_MS_MAX }, 200);
      if (answer.body === null) throw new RegistryError(`${registry} answered without the layer.`, 200);
      return answer.body;
    },
    /**
     * Mounts a blob from another repository of the registry (201), or begins an upload of it (202). Null: mounted.
     * Otherwise the place to upload to.
     */
    mountBlob: async (digest: string, from: string | null): Promise<string | null> => {
      const query = from === null ? '' : `?${new URLSearchParams({ mount: digest, from })}`;
      const answer = await expect({ method: 'POST', path: `blobs/uploads/${query}`, length: 0 }, 201, 202);
      if (answer.status === 201) return null;
      const location = answer.headers.get('location');
      if (location === null) throw new RegistryError(`${registry} named no place for an upload.`, 202);
      return location;
    },
    uploadBlob: async (
      location: string,
      { digest, size }: { digest: string; size: number },
      body: ReadableStream<Uint8Array>,
    ): Promise<void> => {
      const url = new URL(location, `${origin}/v2/${name}/blobs/uploads/`);
      url.searchParams.set('digest', digest);
      const type = 'application/octet-stream';
      await expect({ method: 'PUT', path: url.href, type, length: size, body, timeoutMs: BLOB_MS_MAX }, 201);
    },
  };
};

export type RepositoryCalls = ReturnType<typeof createRepository>;
