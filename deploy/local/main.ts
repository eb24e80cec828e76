import { parseArgs } from 'node:util';
import { createLocalMachines } from './local-machines.ts';

const ISOLATIONS = ['require', 'auto', 'none'] as const;

const USAGE = `The Machines API on this computer, as a process of its own.

  node deploy/local/main.ts --data-dir DIR [--cache-dir DIR] (--socket PATH | --port N) [--app NAME …]
                            [--isolation require|auto|none] [--processor-share N]

With --port it listens on 127.0.0.1 and asks for the token in CATWALK_MACHINES_TOKEN.
Prints {"baseUrl":…} once it listens; ends its machines on SIGTERM and SIGINT.`;

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      'cache-dir': { type: 'string' },
      socket: { type: 'string' },
      port: { type: 'string' },
      app: { type: 'string', multiple: true },
      isolation: { type: 'string', default: 'auto' },
      'processor-share': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return null;
  const dataDir = values['data-dir'];
  if (dataDir === undefined) throw new Error('--data-dir is missing.');
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw new Error(`--port must be a port number, not ${values.port}.`);
  const isolation = ISOLATIONS.find((mode) => mode === values.isolation);
  if (isolation === undefined) throw new Error(`--isolation must be require, auto or none, not ${values.isolation}.`);
  const share = values['processor-share'];
  const processorShare = share === undefined ? undefined : Number(share);
  if (processorShare !== undefined && !(processorShare >= 0.01 && processorShare <= 64))
    throw new Error(`--processor-share must be a number of processors from 0.01 to 64, not ${share}.`);
  const token = process.env['CATWALK_MACHINES_TOKEN'];
  return {
    dataDir,
    cacheDir: values['cache-dir'] ?? `${dataDir}/cache`,
    isolation,
    ...(processorShare === undefined ? {} : { processorShare }),
    ...(values.socket === undefined ? {} : { socketPath: values.socket }),
    ...(port === undefined ? {} : { port }),
    ...(token === undefined ? {} : { token }),
    ...(values.app === undefined ? {} : { apps: values.app }),
  };
};

const fail = (error: unknown, exitCode: number): never => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCode);
};

const run = async (): Promise<void> => {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions();
  } catch (error) {
    return fail(error, 2);
  }
  if (options === null) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const machines = await createLocalMachines({
    ...options,
    onHostOutput: (id, line) => process.stderr.write(`${id} ${line}\n`),
    onWarning: (id, message) => process.stderr.write(`${id === null ? '' : `${id} `}${message}\n`),
  });
  process.stderr.write(`${machines.isolation.summary}\n`);
  const stop = (): void => {
    machines.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error, 1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`${JSON.stringify({ baseUrl: machines.baseUrl })}\n`);
};

run().catch((error: unknown) => fail(error, 1));
