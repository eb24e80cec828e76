import type { HostFailure } from '../contract.ts';
import { hostFailure } from '../failure.ts';
import type { ChildExit } from './child-process.ts';

export type EndOfChild = {
  exit: ChildExit;
  /** It had answered a handshake. */
  served: boolean;
  stderrTail: string[];
  /** Lines on stdout that were no protocol. */
  noise: string[];
  /** Variables that the server was given. */
  variables: string[];
  engineWarning: string | null;
};

const ASKS_FOR =
  /required|missing|not set|must be set|must set|unset|undefined|not provided|please (set|provide)|not found in env|need to set|environment variable|no .*(key|token) |\bno\b.* provided/i;
const LINES_BEFORE = 4;
const VARIABLE = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;
/** Upper-case words that programs print without asking for them. */
const NOT_A_VARIABLE = /^(ERR_|UV_|NODE_(ENV|OPTIONS|PATH|MODULE_VERSION)$|MODULE_NOT_FOUND$)/;

const variablesAskedFor = (end: EndOfChild): string[] => {
  const lines = [...end.stderrTail, ...end.noise];
  const found = new Set<string>();
  lines.forEach((line, index) => {
    // "Error: missing configuration:" is often followed by the names on lines of their own, in a list of ways to give them.
    const context = lines.slice(Math.max(0, index - LINES_BEFORE), index + 2).join('\n');
    if (!ASKS_FOR.test(context)) return;
    for (const [name] of line.matchAll(VARIABLE)) if (!NOT_A_VARIABLE.test(name)) found.add(name);
    for (const name of end.variables) if (new RegExp(`\\b${name}\\b`).test(line)) found.add(name);
  });
  return [...found];
};

const howItEnded = ({ exit }: EndOfChild): string => {
  if (exit.error) return `could not be started (${exit.error.message})`;
  if (exit.signal) return `was ended by ${exit.signal}`;
  return `ended with exit code ${exit.code}`;
};

/** Describes why a child ended although it was not asked to. */
export const describeEnd = (end: EndOfChild): HostFailure => {
  const { exit, stderrTail } = end;
  const text = [...stderrTail, ...end.noise].join('\n');
  const details = {
    exitCode: exit.code,
    signal: exit.signal,
    stderrTail: stderrTail.length > 0 ? stderrTail : end.noise,
  };

  if (/ENOSPC|no space left on device/i.test(text))
    return hostFailure('DISK_FULL', 'The disk was full, and the server ended.', {
      ...details,
      hint: 'Choose a larger machine, or let the server write less.',
    });
  if (/JavaScript heap out of memory|MemoryError|Out of memory/i.test(text) || exit.signal === 'SIGKILL')
    return hostFailure('OUT_OF_MEMORY', 'The server ran out of memory and was ended.', {
      ...details,
      hint: 'Choose more memory for it.',
      retryable: true,
    });
  if (end.served)
    return hostFailure('CRASHED', `The server ${howItEnded(end)} while it was in use${lastWords(stderrTail)}`, {
      ...details,
      hint: 'It is started again with the next call. If it happens again, its log says more.',
      retryable: true,
    });
  const variables = variablesAskedFor(end);
  if (variables.length > 0)
    return hostFailure('MISSING_CREDENTIAL', `The server needs ${variables.join(' and ')}, and ended without it.`, {
      ...details,
      variables,
      hint: 'Set it in the credentials of this deployment.',
    });
  if (end.engineWarning !== null || /Unsupported engine|requires? Node(\.js)?\b/i.test(text))
    return hostFailure('ENGINE_MISMATCH', `The server needs another version of Node.js than ${process.version}.`, {
      ...details,
      hint: 'Choose an older or newer version of the package.',
    });
  if (end.noise.length > 0 && exit.code === 0)
    return hostFailure('NO_HANDSHAKE', 'The program printed text instead of speaking MCP, and ended.', {
      ...details,
      hint: 'It may need other arguments (often "stdio"), or it is no MCP server.',
    });
  return hostFailure('EXITED_AT_START', `The server ${howItEnded(end)} before it answered${lastWords(stderrTail)}`, {
    ...details,
    hint: 'The last lines of its log say why; wrong arguments and credentials are the usual causes.',
  });
};

/** The handshake got no answer in time. */
export const describeSilence = (timeoutMs: number, stderrTail: string[], noise: string[]): HostFailure =>
  noise.length > 0
    ? hostFailure('NO_HANDSHAKE', 'The program prints text that is no MCP message, and does not answer.', {
        stderrTail: stderrTail.length > 0 ? stderrTail : noise,
        hint: 'It may need other arguments (often "stdio"), or it is no MCP server.',
      })
    : hostFailure('HANDSHAKE_TIMEOUT', `The server did not answer its handshake within ${timeoutMs / 1000} seconds.`, {
        stderrTail,
        hint: 'It may wait for a sign-in or a network that it cannot reach; its log may say more.',
        retryable: true,
      });

const lastWords = (stderrTail: string[]): string => {
  const said = stderrTail.findLast((line) => /error|exception|fatal|panic/i.test(line)) ?? stderrTail.at(-1);
  return said === undefined ? '.' : `: ${said.trim().slice(0, 300)}`;
};
