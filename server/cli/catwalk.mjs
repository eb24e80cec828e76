#!/usr/bin/env node
/**
 * The `catwalk` command. Node runs the TypeScript behind it directly from 22.18 on; an older Node hands over to the one
 * that `npm ci` put into node_modules, with the same terminal, signals and exit code. Plain JavaScript for old Nodes.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module'; // old Nodes have no enableCompileCache, which a named import would refuse
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, '..', '..', 'node_modules');
const bundledNode = join(modules, '.bin', 'node');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

const refuse = (message, hint) => {
  process.stderr.write(`${message}\n${hint}\n`);
  process.exitCode = 1;
};

/**
 * A terminal sends its signals to both processes; others reach only this one and are passed on. The pipe between the
 * two closes when this process is killed outright, which ends the other one too.
 */
const handOver = () => {
  const child = spawn(bundledNode, [join(here, 'main.ts'), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const passOn = (signal) => child.kill(signal);
  const fromTerminal = process.stdin.isTTY === true;
  process.on('SIGINT', () => fromTerminal || passOn('SIGINT'));
  process.on('SIGTERM', passOn);
  process.on('SIGHUP', passOn);
  child.on('error', (error) => refuse(`Catwalk could not start: ${error.message}.`, 'Run `npm ci` again.'));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exit(code ?? 1);
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
};

if (!existsSync(modules)) refuse('Catwalk is not installed yet.', 'Run `npm ci` in its folder first.');
else if (major > 22 || (major === 22 && minor >= 18)) {
  nodeModule.enableCompileCache(join(modules, '.cache', 'compiled'));
  await import('./main.ts');
} else if (existsSync(bundledNode)) handOver();
else refuse(`Catwalk needs Node 22.18 or newer; this is ${process.version}.`, 'Install a newer Node.');
