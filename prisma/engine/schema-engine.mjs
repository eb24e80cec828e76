#!/usr/bin/env node
/**
 * Stands in for Prisma's native schema engine where that cannot be downloaded: the same JSON-RPC over stdin and
 * stdout, carried out by the WebAssembly build of the engine over a JavaScript driver. The Prisma CLI uses it when
 * PRISMA_SCHEMA_ENGINE_BINARY names this file. Calls that need no database (generate, diff) get an empty one in
 * memory; everything else goes to the datasource's address.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { openAdapterFactory, openMemoryFactory } from './adapters.mjs';

const OFFLINE_METHODS = new Set(['diff', 'getConfig', 'getDMMF', 'lintSchema', 'validate', 'version']);
/** The CLI's names of calls that the WebAssembly build spells differently. */
const RENAMED_METHODS = { getDatabaseVersion: 'version' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: 'string', multiple: true },
    datasource: { type: 'string' },
    version: { type: 'boolean' },
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
  },
});
const datasource = values.datasource ? JSON.parse(values.datasource) : {};
const wasm = await loadEngine();

if (values.version) {
  process.stdout.write(`schema-engine-cli ${wasm.version()}\n`);
} else {
  log('INFO', 'schema engine (WebAssembly)'); // the CLI skips the first line
  if (positionals[0] === 'cli') await runCommand(positionals[1]);
  else await serve();
}
process.exit(process.exitCode ?? 0);

async function loadEngine() {
  const engine = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = new WebAssembly.Module(readFileSync(path.replace(/\.js$/, '.wasm')));
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': engine });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) };
  return engine;
}

function log(level, message, fields = {}) {
  const entry = { timestamp: new Date().toISOString(), level, fields: { message, ...fields }, target: 'schema_engine' };
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}

async function createEngine(method) {
  const factory = OFFLINE_METHODS.has(method) ? await openMemoryFactory() : await openAdapterFactory(datasource);
  const datamodels = (values.datamodels ?? []).map((path) => [path, readFileSync(path, 'utf8')]);
  return wasm.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    (...args) => log('INFO', args.map(String).join(' ')),
    bindMigrationAwareSqlAdapterFactory(factory),
  );
}

/** `schema-engine cli can-connect-to-database`: the one command-line call that the CLI makes. */
async function runCommand(command) {
  try {
    if (command !== 'can-connect-to-database')
      throw new Error(`"${command}" is not supported without the native engine.`);
    const engine = await createEngine(command);
    await engine.ensureConnectionValidity({ datasource: { tag: 'ConnectionString', url: datasource.url } });
  } catch (error) {
    const code = /does not exist/.test(error.message) ? 'P1003' : 'P1001';
    log('ERROR', error.message, { is_panic: false, error_code: code });
    process.exitCode = 1;
  }
}

async function serve() {
  const engines = new Map();
  const engineFor = (method) => {
    const key = OFFLINE_METHODS.has(method);
    if (!engines.has(key)) engines.set(key, createEngine(method));
    return engines.get(key);
  };
  let printId = 1_000_000;
  const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

  for await (const line of createInterface({ input: process.stdin })) {
    const request = line.trim() === '' ? {} : JSON.parse(line);
    if (!request.method) continue; // the CLI's answers to our prints
    try {
      const engine = await engineFor(request.method);
      const result = await engine[RENAMED_METHODS[request.method] ?? request.method](request.params ?? {});
      if (request.method === 'diff' && result?.stdout) {
        send({ id: printId++, method: 'print', params: { content: result.stdout.replace(/\n$/, '') } });
      }
      send({ id: request.id, result: result ?? null });
    } catch (error) {
      const data = { is_panic: false, message: error.message, meta: error.meta ?? null, error_code: error.code };
      send({ id: request.id, error: { code: 4466, message: 'The schema engine failed; data tells why.', data } });
    }
  }
}
