import type { HostFailure, HostFailureCode } from '../contract.ts';
import { hostFailure } from '../failure.ts';
import type { ToolResult } from './run-tool.ts';

type Rule = {
  pattern: RegExp;
  code: HostFailureCode;
  message: (what: string) => string;
  hint: string;
  retryable?: boolean;
};

/** In order: a native build that fails also prints npm's general error. */
const RULES: Rule[] = [
  {
    pattern: /ENOSPC|no space left on device/i,
    code: 'DISK_FULL',
    message: (what) => `The disk was full while ${what} was installed.`,
    hint: 'Remove what is not needed, or choose a larger machine.',
  },
  {
    pattern: /code EINTEGRITY|integrity checksum failed/i,
    code: 'INTEGRITY_MISMATCH',
    message: (what) => `What the registry sent for ${what} is not what was pinned.`,
    hint: 'Analyze the source again; if it happens again, do not trust this package.',
  },
  {
    pattern: /code ETARGET|No matching version found/i,
    code: 'VERSION_NOT_FOUND',
    message: (what) => `The registry does not have ${what}.`,
    hint: 'Choose another version, or analyze the source again to get the newest.',
  },
  {
    pattern: /code E404|404 Not Found/i,
    code: 'PACKAGE_NOT_FOUND',
    message: (what) => `The registry does not know ${what}.`,
    hint: 'Check the name; a private package needs a registry that this machine can reach.',
  },
  {
    pattern: /code EBADENGINE/i,
    code: 'ENGINE_MISMATCH',
    message: (what) => `${what} needs another version of Node.js than ${process.version}.`,
    hint: 'Choose an older or newer version of the package.',
  },
  {
    pattern: /gyp ERR!|node-gyp|prebuild-install|not found: make|fatal error: .*\.h/i,
    code: 'NATIVE_BUILD_FAILED',
    message: (what) => `A native part of ${what} could not be built.`,
    hint: 'The package has no ready-made build for this system. Try another version.',
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|50[0234] /,
    code: 'INSTALL_FAILED',
    message: (what) => `The registry could not be reached while ${what} was installed.`,
    hint: 'Try again in a moment.',
    retryable: true,
  },
  {
    pattern: /code E401|code E403/i,
    code: 'PACKAGE_NOT_FOUND',
    message: (what) => `The registry does not give out ${what} without signing in.`,
    hint: 'Private packages are not supported; publish it, or use another registry.',
  },
];

const TAIL_LINES = 20;

/** npm names what it looked for: `No matching version found for left@^9`, `'left@^9' is not in this registry`. */
const MISSING =
  /No matching version found for (\S+?)\.?(?:\s|$)|'([^']+)' (?:is not in this registry|could not be found)/;

const nameOf = (spec: string): string => spec.replace(/(?<=.)@.*$/, '');

/** A package that the wanted one needs, and that the registry does not have. */
const missingDependency = (what: string, text: string): string | null => {
  const match = MISSING.exec(text);
  const missing = match?.[1] ?? match?.[2];
  return missing === undefined || nameOf(missing) === nameOf(what) ? null : missing;
};

/** A script of an installed package failed, which is not a native build: `npm error command failed`. */
export const isFailedScript = (result: ToolResult): boolean =>
  result.code !== 0 &&
  !result.timedOut &&
  !result.error &&
  /^npm (error|ERR!) command failed/m.test(result.lines.join('\n'));

const isNoise = (line: string): boolean => /^npm (http|warn|notice|verbose|timing)/i.test(line) || line.trim() === '';

/** Why npm failed, from what it printed. */
export const npmFailure = (what: string, result: ToolResult): HostFailure => {
  const stderrTail = result.lines.filter((line) => !isNoise(line)).slice(-TAIL_LINES);
  if (result.timedOut)
    return hostFailure('INSTALL_FAILED', `Installing ${what} took too long.`, {
      hint: 'Try again; what was downloaded is kept.',
      retryable: true,
      stderrTail,
    });
  if (result.error)
    return hostFailure('INSTALL_FAILED', `npm could not be started: ${result.error.message}.`, {
      hint: 'Install Node.js with npm on this machine.',
      stderrTail,
    });
  const text = stderrTail.join('\n');
  const dependency = missingDependency(what, text);
  if (dependency !== null)
    return hostFailure('INSTALL_FAILED', `${what} needs ${dependency}, which the registry does not have.`, {
      hint: 'Choose another version of the package; its author can publish one that installs.',
      exitCode: result.code,
      stderrTail,
    });
  const rule = RULES.find((candidate) => candidate.pattern.test(text));
  if (!rule)
    return hostFailure('INSTALL_FAILED', `npm could not install ${what}.`, {
      hint: 'The last lines of its output say why.',
      retryable: true,
      exitCode: result.code,
      stderrTail,
    });
  return hostFailure(rule.code, rule.message(what), {
    hint: rule.hint,
    retryable: rule.retryable ?? false,
    exitCode: result.code,
    stderrTail,
  });
};
