import { createRequire } from 'node:module';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';

/** Catalog columns of PostgreSQL's internal type "char", which the driver adapter cannot decode: read as text. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/** An empty database in memory, with another one as its shadow. */
export async function openMemoryFactory() {
  const factory = new PrismaPGlite(await PGlite.create());
  factory.connectToShadowDb = async () => new PrismaPGlite(await PGlite.create()).connect();
  return factory;
}

/** The datasource's own database; its shadow is in memory unless the datasource names one. */
export async function openAdapterFactory({ url, shadowDatabaseUrl }) {
  if (!url) return openMemoryFactory();
  readCharAsText();
  const factory = connect(url);
  factory.connectToShadowDb = async () =>
    (shadowDatabaseUrl ? connect(shadowDatabaseUrl) : await openMemoryFactory()).connect();
  return factory;
}

/** Fields instead of a connection string: given one, the driver ignores a `database` that is set beside it. */
function connect(address) {
  const url = new URL(address);
  return new PrismaPg({
    host: url.searchParams.get('host') ?? url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password) || undefined,
    database: decodeURIComponent(url.pathname.slice(1)),
    ssl: url.searchParams.get('sslmode') === 'require' ? true : undefined,
  });
}

function readCharAsText() {
  const result = createRequire(import.meta.url)('pg/lib/result.js');
  const { addFields } = result.prototype;
  result.prototype.addFields = function (fields) {
    for (const field of fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
    return addFields.call(this, fields);
  };
}
