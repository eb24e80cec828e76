import type { LogViewLine } from './log-line.ts';

/**
 * The output of the newest installation: its command, and all that followed. Earlier installations of the same
 * deployment are left out; `since` is when the attempt began.
 */
export function installOutput(lines: readonly LogViewLine[], since: string | null): LogViewLine[] {
  return lines.filter(({ stream, at }) => stream === 'INSTALL' && (since === null || at >= since));
}
