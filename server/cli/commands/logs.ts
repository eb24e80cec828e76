import { connect } from '../connection.ts';
import { CliFailure } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { padded } from '../layout.ts';
import { DEPLOYMENT_LOGS, LOG_HISTORY, type LogLine } from '../operations/deployment.ts';
import { printable, printableWithColors } from '../printable.ts';
import type { Shell } from '../shell.ts';

type Options = { follow?: boolean; tail: number };

/** Prints the last lines; with --follow also every line that is written from then on. */
export async function logs(shell: Shell, id: string, { follow, tail }: Options): Promise<void> {
  const client = await connect(shell);
  const { databaseId } = await findDeployment(client, id);
  const signal = shell.interruption();
  if (!follow) {
    const found = await client.ask(LOG_HISTORY, { id: databaseId, tail }, signal);
    if (!found) throw new CliFailure('NOT_FOUND', 'The deployment was deleted in the meantime.');
    for (const line of found.logs) print(shell, line);
    return;
  }
  const onLost = () => shell.terminal.err.line('Connection to the server lost. Reconnecting …');
  const lines = client.follow(DEPLOYMENT_LOGS, { id: databaseId, tail }, { signal, onLost });
  for await (const line of lines) print(shell, line);
}

function print(shell: Shell, line: LogLine): void {
  const { out } = shell.terminal;
  if (shell.json) {
    out.line(JSON.stringify(line));
    return;
  }
  const time = out.paint('dim', line.at.replace('T', ' ').replace(/\..*$/, ''));
  const stream = out.paint(line.stream === 'STDERR' ? 'yellow' : 'cyan', padded(line.stream.toLowerCase(), 7));
  out.line(`${time} ${stream} ${out.isTty ? printableWithColors(line.text) : printable(line.text)}`);
}
