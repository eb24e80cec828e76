/** The host alone, as `catwalk host -- COMMAND ARGS…` runs it. */
import { startHost } from '#deploy/host/cli.ts';

const [port, command, ...args] = process.argv.slice(2);
const host = await startHost(
  { package: { runtime: 'command', command: command ?? '', args }, args: [], env: {}, isolation: 'PER_SESSION' },
  { port: Number(port), host: '127.0.0.1' },
);
process.on('SIGTERM', () => void host.close({ drainMs: 0 }).finally(() => process.exit(0)));
