import type { FetchLike } from '@modelcontextprotocol/client';
import { type Challenge, readChallenge } from './discover.ts';
import { explainFailure } from './explain.ts';

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'catwalk', version: '1' } },
});

/** Calls a server without any credential, to read how it refuses. A server that answers has no challenge. */
export async function requestChallenge(fetchFn: FetchLike, url: string): Promise<Challenge> {
  try {
    const response = await fetchFn(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: INITIALIZE,
    });
    return readChallenge(response.status === 401 ? response.headers.get('www-authenticate') : null);
  } catch (error) {
    throw explainFailure(error, 'The remote server', url);
  }
}
