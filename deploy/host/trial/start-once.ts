import { askEra } from '../bridge/era-probe.ts';
import { type Envelope, errorMessage, RPC, slice } from '../bridge/json-rpc.ts';
import { Peer } from '../bridge/peer.ts';
import { fromWire } from '../bridge/wire-values.ts';
import { describeEnd, describeSilence } from '../child/boot-failure.ts';
import { type ChildCommand, type ChildExit, spawnChild } from '../child/child-process.ts';
import type { ChildUser } from '../child/environment.ts';
import { excerptOf, keepLine } from '../child/printed-lines.ts';
import { describeServerError } from '../child/server-error.ts';
import { type AttemptReport, type HostFailure, PLATFORM_PRINCIPAL } from '../contract.ts';
import { HostFailureError, hostFailure } from '../failure.ts';
import { listeningAddresses } from '../http-servers/listening-ports.ts';
import { createServerFacts } from '../server-facts.ts';
import { type Ask, listTools } from './list-tools.ts';

/** A server that prints more than this before it answers is ended. */
const OUTPUT_BYTES_MAX = 1024 * 1024;
const ERA_TIMEOUT_MS = 3_000;

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'catwalk', version: '1' } },
});
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';

export type StartOnce = {
  command: ChildCommand;
  /** Names the process (see child-process.ts). */
  mark: string;
  user: ChildUser | null;
  knownVariables: string[];
  engineWarning: string | null;
  timeoutMs: number;
  signal: AbortSignal;
};

/** One process of a trial, spoken to directly: no client is connected to it. */
const createPeer = ({ command }: Pick<StartOnce, 'command'>) => {
  const stderrTail: string[] = [];
  const noise: string[] = [];
  const flooded = new AbortController();
  let bytes = 0;
  const keep = (lines: string[], line: string) => {
    bytes += line.length;
    if (bytes > OUTPUT_BYTES_MAX) flooded.abort();
    keepLine(lines, line);
  };
  const peer = new Peer<never>({
    era: 'legacy',
    workspace: { owner: null, command, used: false, children: 1, lastUsed: 0 },
    shareKey: null,
    principal: PLATFORM_PRINCIPAL,
    clock: () => performance.now(),
    events: {
      // A trial offers nothing to the server, so that requests of the server are refused.
      onMessage: (from, { id }) => {
        if (id !== null) from.send(errorMessage(id, RPC.METHOD_NOT_FOUND, 'Not supported.'));
      },
      onNoise: (line) => keep(noise, Buffer.from(line, 'latin1').toString('utf8')),
      onAnswered: () => {},
    },
  });
  return { peer, stderrTail, noise, flooded: flooded.signal, keep };
};

/** Starts the server once, learns what it answers or why it ends, and ends it. */
export const startOnce = async (start: StartOnce): Promise<AttemptReport> => {
  const begun = performance.now();
  const { peer, stderrTail, noise, flooded, keep } = createPeer(start);
  const fail = (exit: ChildExit): HostFailure =>
    describeEnd({
      exit,
      served: false,
      stderrTail,
      noise,
      variables: start.knownVariables,
      engineWarning: start.engineWarning,
    });
  const child = spawnChild(
    start.command,
    {
      onLine: (line) => peer.receive(line),
      onLongLine: (line) => peer.receiveLong(line),
      onStderr: (line) => keep(stderrTail, line),
      onExit: (exit) => peer.end(exit, fail(exit)),
    },
    { mark: start.mark, user: start.user },
  );
  peer.attach(child);
  const limit = AbortSignal.timeout(start.timeoutMs);
  const signal = AbortSignal.any([limit, flooded, start.signal]);
  const report = (more: Partial<AttemptReport> & Pick<AttemptReport, 'outcome'>): AttemptReport => ({
    eras: [],
    serverInfo: null,
    tools: [],
    failure: null,
    milliseconds: Math.round(performance.now() - begun),
    ...more,
  });
  try {
    const ask: Ask = (message, most) => peer.ask(message, most);
    const answer = await ask(INITIALIZE, signal);
    if (answer.result !== null)
      return report({ outcome: 'SERVED', ...(await readServer(ask, answer, signal, () => peer.send(INITIALIZED))) });
    // A server of the stateless era alone refuses `initialize`.
    const verdict = await askEra((message, most) => ask(message, AbortSignal.any([most, signal])));
    if (verdict.era === 'modern') {
      const facts = createServerFacts();
      facts.learn('modern', verdict.result);
      return report({
        outcome: 'SERVED',
        eras: ['modern'],
        serverInfo: facts.serverInfo,
        tools: await listTools(ask, 'modern', signal),
      });
    }
    return report({ outcome: 'SILENT', failure: refused(answer, stderrTail, start.knownVariables) });
  } catch (error) {
    start.signal.throwIfAborted();
    if (error instanceof HostFailureError) return report({ outcome: 'ENDED', failure: error.failure });
    if (flooded.aborted) return report({ outcome: 'FLOODED', failure: tooMuch(stderrTail, noise) });
    return report({
      outcome: 'SILENT',
      failure: describeSilence(start.timeoutMs, stderrTail, noise, listeningAddresses(child.pid ?? 0)),
    });
  } finally {
    await child.stop();
  }
};

const readServer = async (ask: Ask, answer: Envelope, signal: AbortSignal, onInitialized: () => void) => {
  const facts = createServerFacts();
  facts.learn('legacy', answer.result === null ? null : slice(answer.text, answer.result));
  onInitialized();
  const tools = await listTools(ask, 'legacy', signal);
  return { eras: ['legacy' as const], serverInfo: facts.serverInfo, tools };
};

/** Asks a fresh process, which was not spoken to yet, if it speaks the stateless era too. */
export const speaksModern = async (start: StartOnce): Promise<boolean> => {
  const { peer, stderrTail, flooded, keep } = createPeer(start);
  const child = spawnChild(
    start.command,
    {
      onLine: (line) => peer.receive(line),
      onLongLine: (line) => peer.receiveLong(line),
      onStderr: (line) => keep(stderrTail, line),
      onExit: (exit) => peer.end(exit, hostFailure('CRASHED', 'The server has ended.')),
    },
    { mark: start.mark, user: start.user },
  );
  peer.attach(child);
  const limit = AbortSignal.timeout(Math.min(ERA_TIMEOUT_MS, start.timeoutMs));
  const signal = AbortSignal.any([limit, flooded, start.signal]);
  try {
    const verdict = await askEra((message, most) => peer.ask(message, AbortSignal.any([most, signal])));
    return verdict.era === 'modern';
  } catch {
    start.signal.throwIfAborted();
    return false; // it ended or stayed silent: it does not know the question
  } finally {
    await child.stop();
  }
};

const tooMuch = (stderrTail: string[], noise: string[]): HostFailure =>
  hostFailure('NO_HANDSHAKE', 'The program printed a megabyte of text, and did not answer.', {
    stderrTail: excerptOf(stderrTail.length > 0 ? stderrTail : noise),
    hint: 'It may need other arguments, or it is not an MCP server.',
  });

const refused = (answer: Envelope, stderrTail: string[], known: readonly string[]): HostFailure => {
  const error = answer.error === null ? null : fromWire(slice(answer.text, answer.error));
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  return { ...describeServerError(message, 'initialize', known), stderrTail: excerptOf(stderrTail) };
};
