import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Scenarios that the suite itself does not score (pending ones, extensions) are in neither list. */
export type SuiteResult = { passed: string[]; failed: string[]; output: string };

const TIME_LIMIT_MS = 170_000;
const SUMMARY_LINE = /^([✓✗]) (.+?): \d+ passed, \d+ failed/;
/** The line that the suite prints for a person with a browser. */
const AUTHORIZATION_ADDRESS = /^(http\S+\/authorize\?\S+)\r?\n/m;
const UNSCORED_LINE = /^ {2}[✓✗] (\S+) \((?!scored)/;

/** The released suite, and the newer one that knows each revision's requirements: both are pinned as dependencies. */
const PROGRAMS = {
  scenarios: '@modelcontextprotocol/conformance/dist/index.js',
  requirements: 'conformance-requirements/dist/index.js',
};

/** Runs the official conformance suite against a server and tells which scenarios passed. */
export const runSuite = (suiteName: keyof typeof PROGRAMS, url: string, selection: string[]): Promise<SuiteResult> =>
  run(suiteName, ['server', '--url', url, ...selection]);

/**
 * Runs the suite against an authorization server. `visit` receives the address that a person would open in a browser; the
 * suite waits for the answer on a port of its own.
 */
export const runAuthorizationSuite = (
  options: string[],
  visit: (address: string) => Promise<void>,
): Promise<SuiteResult> => {
  let isVisited = false;
  return run('requirements', ['authorization', ...options], (text) => {
    const address = AUTHORIZATION_ADDRESS.exec(text)?.[1];
    if (isVisited || address === undefined) return;
    isVisited = true;
    return visit(address);
  });
};

async function run(
  suiteName: keyof typeof PROGRAMS,
  words: string[],
  onText?: (text: string) => Promise<void> | undefined,
): Promise<SuiteResult> {
  const program = createRequire(import.meta.url).resolve(PROGRAMS[suiteName]);
  // The suite writes its results where it runs.
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const output = await new Promise<string>((resolve, reject) => {
      const suite = spawn(process.execPath, [program, ...words], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: TIME_LIMIT_MS,
      });
      let text = '';
      for (const stream of [suite.stdout, suite.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          onText?.(text)?.catch((error: unknown) => {
            suite.kill();
            reject(error);
          });
        });
      suite.on('error', reject);
      suite.on('close', () => resolve(text));
    });
    const lines = output.split('\n');
    const unscored = new Set(lines.map((line) => UNSCORED_LINE.exec(line)?.[1]));
    const named = (mark: string) =>
      lines
        .map((line) => SUMMARY_LINE.exec(line))
        .flatMap((line) => (line?.[1] === mark && line[2] !== undefined ? [line[2]] : []))
        .filter((name) => !unscored.has(name));
    return { passed: named('✓'), failed: named('✗'), output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
