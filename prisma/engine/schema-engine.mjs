#!/usr/bin/env node
// Drop-in for Prisma's native schema-engine: same JSON-RPC on stdio, but runs @prisma/schema-engine-wasm over a JS driver adapter.
// Use: PRISMA_SCHEMA_ENGINE_BINARY=./schema-engine-shim.mjs prisma migrate ...
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const require = createRequire(import.meta.url);
// adapter-pg 7.10 cannot map the catalogue type "char" (OID 18) that introspection reads: present it as text (OID 25).
const PgResult = require('pg/lib/result.js');
const addFields = PgResult.prototype.addFields;
PgResult.prototype.addFields = function (fields) {
  for (const f of fields) if (f.dataTypeID === 18) f.dataTypeID = 25;
  return addFields.call(this, fields);
};
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
const ds = values.datasource ? JSON.parse(values.datasource) : {};

const bg = await import('@prisma/schema-engine-wasm/schema_engine_bg');
const wasmPath = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
const mod = new WebAssembly.Module(readFileSync(wasmPath));
const inst = new WebAssembly.Instance(mod, { './schema_engine_bg.js': bg });
bg.__wbg_set_wasm(inst.exports);
inst.exports.__wbindgen_start();
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message(m) {
    process.stderr.write('PANIC ' + m + '\n');
  },
};

if (values.version) {
  console.log('schema-engine-cli ' + bg.version());
  process.exit(0);
}

async function factory(url) {
  if (url?.startsWith('pglite:')) {
    const { PGlite } = await import('@electric-sql/pglite');
    const { PrismaPGlite } = await import('pglite-prisma-adapter');
    const dir = url.slice('pglite:'.length).replace(/^\/\//, '');
    const db = new PGlite(dir || undefined);
    await db.waitReady;
    const f = new PrismaPGlite(db);
    f.connectToShadowDb ??= async () => {
      const s = new PGlite();
      await s.waitReady;
      return new PrismaPGlite(s).connect();
    };
    return f;
  }
  if (!url) return factory('pglite:');
  // NOT { connectionString }: pg lets it override `database`, so adapter-pg's shadow database would silently BE the main database.
  const u = new URL(url);
  const f = new PrismaPg({
    host: u.searchParams.get('host') ?? u.hostname,
    port: Number(u.port || 5432),
    user: decodeURIComponent(u.username),
    password: decodeURIComponent(u.password) || undefined,
    database: decodeURIComponent(u.pathname.slice(1)),
    ssl: u.searchParams.get('sslmode') === 'require' ? true : undefined,
  });
  // adapter-pg's own shadow database DROPs before closing its pool ("is being accessed by other users"): use an in-memory PGlite.
  f.connectToShadowDb = async () => (await factory('pglite:')).connect();
  if (ds.shadowDatabaseUrl) f.connectToShadowDb = async () => (await factory(ds.shadowDatabaseUrl)).connect();
  return f;
}
async function engine(url) {
  const f = bindMigrationAwareSqlAdapterFactory(await factory(url));
  const datamodels = (values.datamodels ?? []).map((p) => [p, readFileSync(p, 'utf8')]);
  const e = await bg.SchemaEngine.new(
    { datamodels: datamodels.length ? datamodels : undefined },
    (...a) =>
      process.stderr.write(
        JSON.stringify({ level: 'INFO', fields: { message: a.map(String).join(' ') }, target: 'wasm' }) + '\n',
      ),
    f,
  );
  return { e, f };
}
process.stderr.write(
  JSON.stringify({ level: 'INFO', fields: { message: 'schema-engine wasm shim' }, target: 'schema_engine' }) + '\n',
); // the CLI skips the first line
const log = (error_code, message) =>
  process.stderr.write(
    JSON.stringify({
      timestamp: new Date().toISOString(),
      level: 'ERROR',
      fields: { message, is_panic: false, error_code },
      target: 'schema_engine::logger',
    }) + '\n',
  );

if (positionals[0] === 'cli') {
  const u = new URL(ds.url);
  try {
    if (positionals[1] === 'can-connect-to-database') {
      const { e } = await engine(ds.url);
      await e.ensureConnectionValidity({ datasource: { tag: 'ConnectionString', url: ds.url } });
    } else if (positionals[1] === 'create-database') {
      const { default: pg } = await import('pg');
      const name = decodeURIComponent(u.pathname.slice(1));
      u.pathname = '/postgres';
      const c = new pg.Client({ connectionString: u.href });
      await c.connect();
      await c.query(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
      await c.end();
    } else throw new Error('unsupported cli command ' + positionals[1]);
    process.exit(0);
  } catch (err) {
    const m = String(err?.message ?? err);
    log(/does not exist/.test(m) ? 'P1003' : 'P1001', m);
    process.exit(1);
  }
}

// `diff` and the datamodel calls need no database of the user's: they get an empty one in memory, and nothing is connected before it is needed.
const OFFLINE = new Set(['diff', 'getConfig', 'getDMMF', 'lintSchema', 'validate', 'version']);
const engines = new Map();
const engineFor = (method) => {
  const url = OFFLINE.has(method) ? undefined : ds.url;
  if (!engines.has(url)) engines.set(url, engine(url));
  return engines.get(url);
};
const rename = { getDatabaseVersion: 'version' };
let id = 1;
const send = (o) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...o }) + '\n');
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const req = JSON.parse(line);
  if (!req.method) continue; // answers to our prints
  try {
    if (req.method === 'createDatabase') {
      send({ id: req.id, result: { databaseName: '' } });
      continue;
    }
    const { e } = await engineFor(req.method);
    const r = await e[rename[req.method] ?? req.method](req.params ?? {});
    if (req.method === 'diff' && r?.stdout)
      send({ id: id++ + 1e6, method: 'print', params: { content: r.stdout.replace(/\n$/, '') } });
    send({ id: req.id, result: r ?? null });
  } catch (err) {
    if (process.env.SHIM_DEBUG) process.stderr.write(String(err?.stack ?? err) + '\n');
    send({
      id: req.id,
      error: {
        code: 4466,
        message: 'An error happened. Check the data field for details.',
        data: {
          is_panic: false,
          message: String(err?.message ?? err),
          meta: err?.meta ?? null,
          error_code: err?.code ?? undefined,
        },
      },
    });
  }
}
process.exit(0);
