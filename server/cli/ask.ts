import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliFailure } from './failure.ts';
import type { Shell } from './shell.ts';

/** True if a person at a terminal can answer a question. */
export const canAsk = (shell: Shell): boolean =>
  !shell.json && shell.terminal.input.isTTY === true && shell.terminal.out.isTty;

/** Reads one line from the terminal. A hidden answer is not shown while typed. Ctrl-C and Ctrl-D end the command. */
export async function ask(shell: Shell, question: string, { hidden = false } = {}): Promise<string> {
  const { input, out } = shell.terminal;
  if (hidden) out.write(question);
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      if (!hidden) out.write(String(chunk));
      done();
    },
  });
  const lines = createInterface({ input, output, terminal: true });
  const ended = new AbortController();
  lines.once('SIGINT', () => ended.abort());
  lines.once('close', () => ended.abort());
  try {
    return (await lines.question(hidden ? '' : question, { signal: ended.signal })).trim();
  } catch {
    // the signal above is the only reason
    throw new CliFailure('DETACHED', 'Canceled. Nothing was changed.', { exitCode: 130 });
  } finally {
    lines.close();
    if (hidden) out.line();
  }
}

/** Asks a question that everything but “y” and “yes” answers with no. */
export const confirms = async (shell: Shell, question: string): Promise<boolean> =>
  /^y(es)?$/i.test(await ask(shell, `${question} [y/N] `));

/** Asks for one of several options by its number. Returns its index. */
export async function choose(shell: Shell, question: string, options: readonly string[]): Promise<number> {
  const { out } = shell.terminal;
  options.forEach((option, at) => {
    out.line(`  ${out.paint('cyan', String(at + 1))}  ${option}`);
  });
  for (;;) {
    const answer = Number(await ask(shell, `${question} [1–${options.length}] `));
    if (Number.isInteger(answer) && answer >= 1 && answer <= options.length) return answer - 1;
  }
}
