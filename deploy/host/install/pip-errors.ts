import type { HostFailure } from '../contract.ts';
import { hostFailure } from '../failure.ts';
import type { ToolResult } from './run-tool.ts';

const TAIL_LINES = 20;

/** Why pip or uv failed, from what it printed. */
export const pipFailure = (what: string, result: ToolResult): HostFailure => {
  const stderrTail = result.lines.filter((line) => line.trim() !== '').slice(-TAIL_LINES);
  const text = result.lines.join('\n');
  const details = { stderrTail, exitCode: result.code };
  if (result.timedOut)
    return hostFailure('INSTALL_FAILED', `Installing ${what} took too long.`, { ...details, retryable: true });
  if (/ENOSPC|no space left on device/i.test(text))
    return hostFailure('DISK_FULL', `The disk was full while ${what} was installed.`, {
      ...details,
      hint: 'Choose a larger machine.',
    });
  if (/require[sd]? a different python version|Requires-Python|requires a different Python/i.test(text))
    return hostFailure('ENGINE_MISMATCH', `${what} needs another version of Python than this machine has.`, {
      ...details,
      hint: 'Choose an older or newer version of the package.',
    });
  if (/THESE PACKAGES DO NOT MATCH THE HASHES|Hash mismatch/i.test(text))
    return hostFailure('INTEGRITY_MISMATCH', `What the index sent for ${what} is not what it announced.`, details);
  if (/from versions: none\)|was not found in the package registry|not found in the registry/i.test(text))
    return hostFailure('PACKAGE_NOT_FOUND', `The package index does not know ${what}.`, {
      ...details,
      hint: 'Check the name.',
    });
  if (/No matching distribution found|there is no version of|Could not find a version/i.test(text))
    return hostFailure('VERSION_NOT_FOUND', `The package index does not have ${what}.`, {
      ...details,
      hint: 'Choose another version.',
    });
  if (/Failed (to build|building)|error: command '.*(gcc|cc|clang|cargo)'|subprocess-exited-with-error/i.test(text))
    return hostFailure('NATIVE_BUILD_FAILED', `A part of ${what} could not be built.`, {
      ...details,
      hint: 'The package has no ready-made build for this system. Try another version.',
    });
  if (/Connection(Error| refused| reset)|Temporary failure in name resolution|timed out/i.test(text))
    return hostFailure('INSTALL_FAILED', `The package index could not be reached while ${what} was installed.`, {
      ...details,
      hint: 'Try again in a moment.',
      retryable: true,
    });
  return hostFailure('INSTALL_FAILED', `${what} could not be installed.`, {
    ...details,
    hint: 'The last lines of the output say why.',
    retryable: true,
  });
};
