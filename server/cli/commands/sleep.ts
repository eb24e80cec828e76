import { connect } from '../connection.ts';
import { CliFailure } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { UPDATE_SLEEP } from '../operations/intent.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

const STREAMS: Record<string, boolean> = { park: true, hold: false };

/** Sets when a deployment goes to sleep, and if streams that only listen keep it awake. */
export async function sleep(
  shell: Shell,
  word: string,
  minutes: string | undefined,
  { streams }: { streams?: string },
): Promise<void> {
  if (minutes === undefined && streams === undefined)
    throw new CliFailure('USAGE', 'Enter a number of minutes, “off”, or --streams park or hold.', { exitCode: 2 });
  if (minutes !== undefined && minutes !== 'off' && !/^\d{1,9}$/.test(minutes))
    throw new CliFailure('USAGE', `“${oneLine(minutes)}” is neither a number of minutes nor “off”.`, { exitCode: 2 });
  const answersWhileAsleep = streams === undefined ? undefined : STREAMS[streams];
  if (streams !== undefined && answersWhileAsleep === undefined)
    throw new CliFailure('USAGE', '--streams takes park or hold.', { exitCode: 2 });
  const client = await connect(shell);
  const { databaseId: id } = await findDeployment(client, word);
  const result = await client.ask(UPDATE_SLEEP, {
    input: {
      id,
      ...(minutes === undefined ? {} : { sleepAfterMinutes: minutes === 'off' ? null : Number(minutes) }),
      ...(answersWhileAsleep === undefined ? {} : { answersWhileAsleep }),
    },
  });
  if (shell.json) {
    printJson(shell, result);
    return;
  }
  const after = result.sleepAfterMinutes;
  const when = after === null ? 'never sleeps' : `sleeps after ${after} idle ${after === 1 ? 'minute' : 'minutes'}`;
  const under = after === null || result.answersWhileAsleep ? '' : ', and never under an open stream';
  shell.terminal.out.line(`${oneLine(result.name)} ${when}${under}.`);
}
