import { parseAssignment } from '../assignments.ts';
import { CliFailure, usage } from '../failure.ts';
import { printJson, type Shell } from '../shell.ts';

type Options = {
  port: number;
  listen: string;
  token?: string;
  isolation: 'AUTO' | 'SHARED' | 'PER_SESSION';
  env?: string[];
};

/** The host alone in front of any stdio command. Needs no server, no database and nothing that was built. */
export async function host(shell: Shell, options: Options, words: readonly string[]): Promise<void> {
  const [command, ...args] = words;
  if (command === undefined) throw usage('Which command?', 'catwalk host [--port N] -- COMMAND ARGS…');
  const env = Object.fromEntries(
    (options.env ?? [])
      .map((text) => parseAssignment('--env', text, shell.env))
      .map(({ name, value }) => [name, value]),
  );
  const ended = shell.interruption(); // from before anybody can know that it runs
  const { startHost } = await import('#deploy/host/cli.ts');
  const { err, out } = shell.terminal;
  const config = {
    package: { runtime: 'command' as const, command, args },
    args: [],
    env,
    isolation: options.isolation,
    ...(options.token === undefined ? {} : { token: options.token }),
  };
  const running = await startHost(config, {
    port: options.port,
    host: options.listen,
    onLog: (stream, text) => err.line(`${err.paint('dim', stream.toLowerCase())} ${text}`),
  }).catch((error: unknown) => {
    throw explain(error, options);
  });
  const name = options.listen.includes(':') ? `[${options.listen}]` : options.listen;
  const origin = `http://${name}:${running.port}`;
  const urls = { url: `${origin}/mcp`, status: `${origin}/status`, logs: `${origin}/logs` };
  if (shell.json) printJson(shell, { ...urls, port: running.port, pid: process.pid });
  else out.line(`Listening on ${urls.url} (see also /status and /logs). Ctrl-C ends it.`);

  if (!ended.aborted) await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }));
  await running.close();
}

function explain(error: unknown, { port, listen }: Options): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return new CliFailure('CONFLICT', `Port ${port} is in use.`, {
      hint: 'Give another --port; 0 takes any free one.',
    });
  }
  if (code === 'EACCES')
    return new CliFailure('FORBIDDEN', `Port ${port} needs more rights.`, { hint: 'Try --port 8080.' });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return usage(`This computer has no address ${listen}.`);
  return error instanceof TypeError ? usage(error.message) : error; // the host's own refusals
}
