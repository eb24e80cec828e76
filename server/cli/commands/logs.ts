import { connect } from '../connection.ts';
import { findDeployment } from '../find-deployment.ts';
import { padded } from '../layout.ts';
import { DEPLOYMENT_LOGS } from '../operations/deployment.ts';
import { printable, printableWithColours } from '../printable.ts';
import type { Shell } from '../shell.ts';

/** Without --follow the past is what arrives before the stream falls silent: the API has no end of the past. */
const SILENCE_MS = 700;

type Options = { follow?: boolean; tail: number };

export async function logs(shell: Shell, id: string, options: Options): Promise<void> {
  const client = await connect(shell);
  const { databaseId } = await findDeployment(client, id);
  const interrupted = shell.interruption();
  const silence = options.follow ? null : createSilence(SILENCE_MS);
  const { err } = shell.terminal;
  const lines = client.follow(
    DEPLOYMENT_LOGS,
    { id: databaseId, tail: options.tail },
    {
      signal: silence ? AbortSignal.any([interrupted, silence.signal]) : interrupted,
      onLost: () => err.line('The connection to the server broke off. Trying again …'),
    },
  );
  for await (const line of lines) {
    silence?.postpone();
    print(shell, line);
  }
}

function print(shell: Shell, line: { at: string; stream: string; text: string }): void {
  const { out } = shell.terminal;
  if (shell.json) {
    out.line(JSON.stringify(line));
    return;
  }
  const time = out.paint('dim', line.at.replace('T', ' ').replace(/\..*$/, ''));
  const stream = out.paint(line.stream === 'STDERR' ? 'yellow' : 'cyan', padded(line.stream.toLowerCase(), 7));
  out.line(`${time} ${stream} ${out.isTty ? printableWithColours(line.text) : printable(line.text)}`);
}

/** A signal that aborts when nothing has happened for a while. */
function createSilence(milliseconds: number) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  return { signal: controller.signal, postpone: () => void timer.refresh() };
}
