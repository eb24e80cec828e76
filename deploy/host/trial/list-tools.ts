import { type Envelope, slice } from '../bridge/json-rpc.ts';
import { fromWire, toWire } from '../bridge/wire-values.ts';
import type { AttemptReport } from '../contract.ts';
import { isRecord, isText } from '../records.ts';

const PAGES_MAX = 20;
const TOOLS_MAX = 500;
const NAME_CHARACTERS_MAX = 200;
const DESCRIPTION_CHARACTERS_MAX = 1_000;

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'catwalk', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Sends a request to the server, and resolves to its answer. */
export type Ask = (message: string, signal: AbortSignal) => Promise<Envelope>;

/** Reads the tools of a server that answered its handshake; none where it does not list any. */
export const listTools = async (
  ask: Ask,
  era: 'legacy' | 'modern',
  signal: AbortSignal,
): Promise<AttemptReport['tools']> => {
  const tools: AttemptReport['tools'] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX && tools.length < TOOLS_MAX; page += 1) {
    const params = { ...(cursor === undefined ? {} : { cursor }), ...(era === 'modern' ? { _meta: META } : {}) };
    const request = toWire({ jsonrpc: '2.0', id: 0, method: 'tools/list', params });
    const answer = await ask(request, signal).catch(() => null); // it answered its handshake: the trial has its result
    const result: unknown = answer?.result ? fromWire(slice(answer.text, answer.result)) : null;
    if (!isRecord(result) || !Array.isArray(result['tools'])) break;
    for (const tool of result['tools']) {
      if (!isRecord(tool) || !isText(tool['name'])) continue;
      const { name, description } = tool;
      tools.push({
        name: name.slice(0, NAME_CHARACTERS_MAX),
        description: isText(description) ? description.slice(0, DESCRIPTION_CHARACTERS_MAX) : null,
      });
    }
    const next = result['nextCursor'];
    if (!isText(next) || next === '') break;
    cursor = next;
  }
  return tools.slice(0, TOOLS_MAX);
};
