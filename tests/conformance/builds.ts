import { fileURLToPath } from 'node:url';
import { startHost } from '#deploy/host/cli.ts';
import type { RunningHost } from '#deploy/host/host-options.ts';
import { runSuite, type SuiteResult } from './run-suite.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/conformance-server/main.ts', import.meta.url));

/** The builds of the fixture: what its server speaks. */
export const BUILDS = ['both', 'legacy', 'modern'] as const;
export type Build = (typeof BUILDS)[number];

/** The suites, with the scenarios that each scores. */
export const SUITES = [
  ['0.1.16', 32],
  ['2025-11-25', 30],
  ['2026-07-28', 37],
] as const;
export type Suite = (typeof SUITES)[number][0];

/** The scenarios that no translation can satisfy; docs/eras.md says why. */
export const untranslatable = (build: Build, suite: Suite): string[] =>
  build === 'legacy' && suite === '2026-07-28' ? ['input-required-result-basic-elicitation'] : [];

export const startBuild = (build: Build): Promise<RunningHost> =>
  startHost(
    {
      package: { runtime: 'command', command: 'node', args: [FIXTURE, build] },
      args: [],
      env: {},
      isolation: 'PER_SESSION',
    },
    { port: 0, host: '127.0.0.1' },
  );

/**
 * Starts the child that a legacy server needs for clients that can be asked: one scenario allows 600 ms for a call, in
 * which a busy computer starts no process.
 */
const warmUp = async (url: string): Promise<void> => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'conformance-client', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'server/discover',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta: meta } }),
  });
  await response.text();
};

export const run = async (url: string, suite: Suite): Promise<SuiteResult> => {
  if (suite === '0.1.16') return runSuite('scenarios', url, ['--suite', 'all']);
  if (suite === '2026-07-28') await warmUp(url);
  return runSuite('requirements', url, ['--requirements', suite]);
};
