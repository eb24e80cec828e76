import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tarballOf } from './tarball.ts';

type Answer = { status?: number; headers?: Record<string, string>; body?: unknown };

/** GitHub, PyPI and the MCP registry on loopback, for tests: returns the answers it was given, and 404 otherwise. */
export type WebStandIn = {
  url: string;
  requests: { path: string; headers: IncomingHttpHeaders }[];
  /** Sets the answer of a path from now on; a function is called for each request. */
  answer(path: string, answer: Answer | ((headers: IncomingHttpHeaders) => Answer)): void;
  /** A repository with these files on its branch `main`. */
  repository(
    name: string,
    files: Record<string, string>,
    more?: { description?: string; archived?: boolean; size?: number; private?: boolean; visibility?: string },
  ): void;
  /** A PyPI project with this source distribution. */
  project(info: { name: string; version: string } & Record<string, unknown>, files: Record<string, string>): void;
  close(): Promise<void>;
};

export const COMMIT = 'a'.repeat(40);

export async function startWebStandIn(): Promise<WebStandIn> {
  const answers = new Map<string, Answer | ((headers: IncomingHttpHeaders) => Answer)>();
  const requests: WebStandIn['requests'] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ path, headers: request.headers });
    const known = answers.get(path) ?? answers.get('*');
    const {
      status = 200,
      headers = {},
      body = {},
    } = (typeof known === 'function' ? known(request.headers) : known) ?? { status: 404 };
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    response.writeHead(status, headers).end(status === 304 ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listening on a port, so the address is one
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer: WebStandIn['answer'] = (path, what) => answers.set(path, what);

  return {
    url,
    requests,
    answer,
    repository: (name, files, more = {}) => {
      answer(`/repos/${name}`, {
        body: { full_name: name, default_branch: 'main', size: 10, description: null, archived: false, ...more },
      });
      answer(`/repos/${name}/commits/main`, { body: { sha: COMMIT } });
      answer(`/repos/${name}/tarball/${COMMIT}`, { status: 302, headers: { location: `${url}/codeload/${name}` } });
      answer(`/codeload/${name}`, { body: tarballOf('repository-main', files) });
      const entries = Object.entries(files).map(([path, text], at) => ({
        path,
        type: 'blob',
        sha: String(at),
        size: text.length,
      }));
      answer(`/repos/${name}/git/trees/${COMMIT}?recursive=1`, { body: { tree: entries, truncated: false } });
      for (const { path, sha } of entries) {
        const content = Buffer.from(files[path] ?? '').toString('base64');
        answer(`/repos/${name}/git/blobs/${sha}`, { body: { content, encoding: 'base64' } });
      }
    },
    project: (info, files) => {
      const sdist = `${url}/files/${info.name}.tar.gz`;
      const body = {
        info,
        urls: [{ packagetype: 'sdist', url: sdist, size: 10, digests: { sha256: 'ab'.repeat(32) } }],
      };
      answer(`/pypi/${info.name}/json`, { body });
      answer(`/pypi/${info.name}/${info.version}/json`, { body });
      answer(`/files/${info.name}.tar.gz`, { body: tarballOf(`${info.name}-${info.version}`, files) });
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
