import type { HostFailure, Missing } from '../contract.ts';
import { hostFailure } from '../failure.ts';
import { headlineOf } from '../first-words/headline.ts';
import { readFirstWords } from '../first-words/read-first-words.ts';
import type { ChildExit } from './child-process.ts';
import { excerptOf } from './printed-lines.ts';

export type EndOfChild = {
  exit: ChildExit;
  /** It had answered a handshake. */
  served: boolean;
  stderrTail: string[];
  /** Lines on stdout that were no protocol. */
  noise: string[];
  /** Variables that the server was given or is known to read. */
  variables: string[];
  engineWarning: string | null;
};

const howItEnded = ({ exit }: EndOfChild): string => {
  if (exit.error) return `could not be started (${exit.error.message})`;
  if (exit.signal) return `was ended by ${exit.signal}`;
  return `ended with exit code ${exit.code}`;
};

/** Describes why a child ended although it was not asked to. */
export const describeEnd = (end: EndOfChild): HostFailure => {
  const { exit, stderrTail } = end;
  const lines = [...stderrTail, ...end.noise];
  const text = lines.join('\n');
  const details = {
    exitCode: exit.code,
    signal: exit.signal,
    stderrTail: excerptOf(stderrTail.length > 0 ? stderrTail : end.noise),
  };

  if (/ENOSPC|no space left on device/i.test(text))
    return hostFailure('DISK_FULL', 'The disk was full, and the server ended.', {
      ...details,
      hint: 'Choose a larger machine, or let the server write less.',
    });
  if (/JavaScript heap out of memory|MemoryError|Out of memory/i.test(text) || exit.outOfMemory)
    return hostFailure('OUT_OF_MEMORY', 'The server ran out of memory and was ended.', {
      ...details,
      hint: 'Choose more memory for it.',
      retryable: true,
    });
  if (end.served)
    return hostFailure('CRASHED', `The server ${howItEnded(end)} while it was in use${ownWords(stderrTail, true)}`, {
      ...details,
      hint: 'It is started again with the next call. If it happens again, its log says more.',
      retryable: true,
    });
  const missing = describeMissing(lines, end.variables);
  if (missing) return { ...missing, ...details };
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
  return hostFailure('EXITED_AT_START', `The server ${howItEnded(end)} before it answered${ownWords(lines, false)}`, {
    ...details,
    hint: 'See the last log lines. The usual causes are wrong arguments and credentials.',
  });
};

const nameOf = (missing: Missing): string =>
  missing.kind === 'variable' ? missing.name : (missing.flag ?? `<${missing.name}>`);

/** The failure of a server that named what it lacks; null if it named nothing. */
export const describeMissing = (lines: readonly string[], known: readonly string[]): HostFailure | null => {
  const { needs, modes, mentioned } = readFirstWords(lines, known);
  const named = needs.flat().flatMap((one) => (one.kind === 'variable' ? [one.name] : []));
  const variables = [...new Set([...named, ...mentioned])];
  const found = { needs, modes, ...(variables.length > 0 ? { variables } : {}) };
  if (needs.length > 0 || mentioned.length > 0) {
    const names = [...needs.map((need) => need.map(nameOf).join(' or ')), ...mentioned].join(' and ');
    return hostFailure(
      variables.length > 0 ? 'MISSING_CREDENTIAL' : 'MISSING_ARGUMENT',
      `The server needs ${names}, and ended without it.`,
      { ...found, hint: 'Set it and deploy again.' },
    );
  }
  const [mode] = modes;
  if (!mode) return null;
  return hostFailure('MISSING_ARGUMENT', 'The program printed how to use it, and ended.', {
    ...found,
    hint: `It may need "${mode.join(' ')}" as its first argument.`,
  });
};

const portsOf = (addresses: readonly { port: number }[]): string =>
  [...new Set(addresses.map(({ port }) => port))].join(', ');

/** The handshake got no answer in time. `addresses`: where the server listens, if that can be seen. */
export const describeSilence = (
  timeoutMs: number,
  stderrTail: string[],
  noise: string[],
  addresses: readonly { port: number }[] | null,
): HostFailure =>
  addresses !== null && addresses.length > 0
    ? hostFailure('NO_HANDSHAKE', `The server serves port ${portsOf(addresses)} and does not speak stdio.`, {
        stderrTail: excerptOf(stderrTail.length > 0 ? stderrTail : noise),
        hint: 'Paste the command that starts it with the transport in it, such as --transport http. Catwalk then relays to the port.',
      })
    : noise.length > 0
      ? hostFailure('NO_HANDSHAKE', 'The program prints text that is no MCP message, and does not answer.', {
          stderrTail: excerptOf(stderrTail.length > 0 ? stderrTail : noise),
          hint: 'It may need other arguments (often "stdio"), or it is no MCP server.',
        })
      : hostFailure(
          'HANDSHAKE_TIMEOUT',
          `The server did not answer its handshake within ${timeoutMs / 1000} seconds.`,
          {
            stderrTail: excerptOf(stderrTail),
            hint: 'It may wait for a sign-in or a network that it cannot reach; its log may say more.',
            retryable: true,
          },
        );

/** The end of a sentence: what the server itself says about its end. */
const ownWords = (lines: readonly string[], served: boolean): string => {
  const headline = headlineOf(lines, { served });
  return headline === null ? '.' : `: ${headline}`;
};
