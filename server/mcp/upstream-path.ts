import { VIEW_PATH } from '#deploy/host/view-contract.ts';
import type { Grant } from './access.ts';
import type { EndpointPath } from './endpoint-path.ts';

const PATHS = { main: '/mcp', sse: '/sse', messages: '/messages' } as const;

/** The path and query of a request at the host of its machine, which serves views at addresses of their own. */
export const upstreamPath = (path: EndpointPath, { viewId }: Pick<Grant, 'viewId'>): string =>
  (viewId === undefined ? '' : VIEW_PATH) + PATHS[path.kind] + (path.kind === 'messages' ? path.hostQuery : path.query);
