import { Client, StreamableHTTPClientTransport, type VersionNegotiationMode } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { messageOf } from '../message-of.ts';
import { parseJson } from './address-steps.ts';
import type { Access } from './oauth-steps.ts';
import type { Answer, Probe } from './probe.ts';
import { type Outcome, passed, type Step, skipped, Trouble, warning } from './step.ts';

/** A sleeping machine is woken, for which the endpoint holds the call up to 30 s. */
const INITIALIZE_MS_MAX = 45_000;
const LIST_MS_MAX = 30_000;
const NAMES_SHOWN = 5;
const MODERN_VERSION = '2026-07-28';
const EVERY_CLIENT = 'Clients of every MCP version can connect.';

/** Read leniently: an odd schema of one tool is no matter of connecting. */
const toolsSchema = z.looseObject({ tools: z.array(z.looseObject({ name: z.string() })) });
const refusalSchema = z.object({ error: z.object({ message: z.string() }) });

/** Versions that a server supports which does not support those of the key. */
const OTHER_VERSIONS = { legacy: `${MODERN_VERSION} alone`, modern: '2025-11-25 and older alone' };

/** Versions of MCP up to 2025-11-25, or 2026-07-28. */
export type Era = keyof typeof OTHER_VERSIONS;

export type McpStepsDeps = {
  endpointUrl: string;
  access: Access;
  probe: Probe;
  version: string;
  signal: AbortSignal;
  /** The eras that the server supports, as its handshake found them; empty if that is not known. */
  eras: readonly Era[];
  /** False for a server that runs elsewhere: its calls are piped as they are. */
  translates: boolean;
  /** A token for some minutes. */
  createToken: () => Promise<string>;
};

/**
 * The first calls of every client with access, in both eras of MCP: initialize and list the tools, and the same without a
 * session. Made with the official client.
 */
export function mcpSteps({ endpointUrl, access, probe, version, signal, eras, translates, createToken }: McpStepsDeps) {
  let token: string | null = null;
  const createClient = (mode: VersionNegotiationMode) =>
    new Client({ name: 'catwalk-doctor', title: 'Catwalk', version }, { versionNegotiation: { mode } });
  const client = createClient('legacy');
  let transport: StreamableHTTPClientTransport | null = null;

  const openTransport = () =>
    new StreamableHTTPClientTransport(new URL(endpointUrl), {
      fetch: probe.fetch,
      requestInit: { headers: token === null ? {} : { authorization: `Bearer ${token}` } },
    });

  /** The host translates between the eras (docs/eras.md). */
  const byTranslation = (era: Era): string =>
    eras.length === 0 || eras.includes(era) ? '' : `. Catwalk translates: the server supports ${OTHER_VERSIONS[era]}`;

  const obtain = async (): Promise<Outcome> => {
    if (access === 'PUBLIC') return skipped('Everybody may call this endpoint.');
    token = await createToken();
    return access === 'OAUTH'
      ? passed('Signing in takes a person, so the calls below use a token of ten minutes instead.')
      : passed('The calls below use a token of ten minutes.');
  };

  const initialize = async (): Promise<Outcome> => {
    const opened = openTransport();
    transport = opened;
    await told(() => client.connect(opened, options(INITIALIZE_MS_MAX)));
    const server = client.getServerVersion();
    const name = server ? `${server.name} ${server.version}` : 'The server';
    const negotiated = client.getNegotiatedProtocolVersion() ?? 'of an unnamed version';
    return passed(`${name} answers, with MCP ${negotiated}${byTranslation('legacy')}.`);
  };

  const list = async (): Promise<Outcome> => {
    if (!client.getServerCapabilities()?.tools) {
      return warning('The server has no tools.', 'Claude can connect, but will find nothing to call.');
    }
    const request = { method: 'tools/list', params: {} };
    const { tools } = await told(() => client.request(request, toolsSchema, options(LIST_MS_MAX)));
    const names = tools.slice(0, NAMES_SHOWN).map(({ name }) => name);
    if (names.length === 0)
      return warning('The list of tools is empty.', 'Check its settings: some servers offer tools by them.');
    const more = tools.length > names.length ? ` and ${tools.length - names.length} more` : '';
    return passed(`${tools.length === 1 ? '1 tool' : `${tools.length} tools`}: ${names.join(', ')}${more}.`);
  };

  const discover = async (): Promise<Outcome> => {
    if (!translates && !eras.includes('modern'))
      return skipped('The server does not support this version, and Catwalk does not translate for remote servers.');
    const stateless = createClient({ pin: MODERN_VERSION });
    try {
      await told(() => stateless.connect(openTransport(), options(INITIALIZE_MS_MAX)));
      if (stateless.getServerCapabilities()?.tools)
        await told(() => stateless.request({ method: 'tools/list', params: {} }, toolsSchema, options(LIST_MS_MAX)));
    } finally {
      await stateless.close();
    }
    return passed(`It answers, with MCP ${MODERN_VERSION}${byTranslation('modern')}. ${EVERY_CLIENT}`);
  };

  const options = (timeout: number) => ({ signal, timeout });

  /** Puts what the endpoint said in place of what the client makes of it. */
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const refusal = probe.refusal();
      if (refusal) throw toTrouble(refusal);
      if (error instanceof Trouble) throw error;
      const message = messageOf(error);
      throw new Trouble(`It did not go well: ${message}`, 'The log of the deployment may say why.', { cause: error });
    }
  };

  const steps: Step[] = [
    { key: 'token', title: 'A token', group: 'mcp', look: obtain },
    { key: 'initialize', title: 'Initializing a session', group: 'mcp', look: initialize },
    { key: 'tools', title: 'Listing the tools', group: 'mcp', look: list },
    { key: 'modern', title: `A client of MCP ${MODERN_VERSION}`, group: 'mcp', look: discover },
  ];
  return {
    steps,
    close: async () => {
      await transport?.terminateSession().catch(() => {}); // a session that is not ended here is reaped as idle
      await client.close();
    },
  };
}

function toTrouble({ status, text, headers }: Answer): Trouble {
  const known = refusalSchema.safeParse(parseJson(text));
  if (known.success)
    return new Trouble(
      `${status}: ${known.data.error.message}`,
      HINTS[status] ?? 'The log of the deployment may say why.',
    );
  const what = headers.get('server') ?? headers.get('content-type') ?? 'no type';
  return new Trouble(
    `${status}, which is not an answer of this server (${what}).`,
    'A proxy in front answers in its place.',
  );
}

const HINTS: Record<number, string> = {
  401: 'A proxy in front seems to drop the Authorization header.',
  403: 'A proxy in front seems to change the Host header.',
  413: 'A proxy in front limits the size of requests.',
  429: 'Wait a minute and try again.',
  502: 'The machine is away; Catwalk starts it again. Try again in a moment.',
  503: 'Look at its status: it may be stopped, failed or still on its way.',
  504: 'The server does not answer. Its log may say why; a restart may help.',
};
