import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasOpenssl, makeCertificate } from '#prisma/test-certificate.testing.ts';
import { hasPgbouncer, startPgbouncer } from '#prisma/test-pgbouncer.testing.ts';
import { startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import { StartError } from '../../process/start-error.ts';
import { openServerDatabase } from './open-database.ts';

const PASSWORD = 'sentinel-password';

const openAt = (url: string, directUrl?: string) =>
  openServerDatabase(
    { DATABASE_URL: new Secret(url), DIRECT_DATABASE_URL: directUrl === undefined ? undefined : new Secret(directUrl) },
    tmpdir(),
  );

/** The message of a start at this address without the password, or `started`. */
async function failureAt(url: string, directUrl?: string): Promise<string> {
  const failure = await openAt(url, directUrl).then(
    (database) => database.close().then(() => 'opened'),
    (error: unknown) => error,
  );
  if (failure === 'opened') return failure;
  expect(failure).toBeInstanceOf(StartError);
  const { message, hint } = failure as StartError; // as was just seen
  expect(message + hint).not.toContain(PASSWORD);
  return `${message} ${hint}`;
}

const pgbouncer = await hasPgbouncer();

const changed = (url: string, change: (address: URL) => void): string => {
  const address = new URL(url);
  change(address);
  return address.href;
};

describe('a database that does not open says why, and what to do', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres({ settings: { max_connections: '8', reserved_connections: '0' } });
  });
  afterAll(() => postgres.stop());
  const at = (change: (address: URL) => void) => changed(postgres.url, change);

  test('no server responds', async () => {
    const nowhere = at((address) => {
      address.port = '9';
    });
    expect(await failureAt(nowhere)).toBe(
      'No database answers at 127.0.0.1:9. Start it, or correct DATABASE_URL; a firewall in between looks the same.',
    );
    const byName = changed(nowhere, (address) => {
      address.hostname = 'localhost'; // has several addresses
    });
    expect(await failureAt(byName)).toContain('No database answers at localhost:9.');
  });

  test('there is no such host', async () => {
    const elsewhere = at((address) => {
      address.hostname = 'database.invalid';
    });
    expect(await failureAt(elsewhere)).toContain('There is no host "database.invalid". Check DATABASE_URL.');
  });

  test('the password is wrong, or is missing', async () => {
    const wrong = at((address) => {
      address.password = PASSWORD;
    });
    expect(await failureAt(wrong)).toContain(
      'refuses the password of "postgres". Correct user and password in DATABASE_URL',
    );
    const none = at((address) => {
      address.password = '';
    });
    expect(await failureAt(none)).toMatch(/refuses the password|there is none/);
  });

  test('names the direct address if that one is wrong', async () => {
    const wrong = at((address) => {
      address.password = PASSWORD;
    });
    expect(await failureAt(postgres.url, wrong)).toContain('Correct user and password in DIRECT_DATABASE_URL');
    expect(await failureAt(wrong, postgres.url)).toContain('Correct user and password in DATABASE_URL');
  });

  test('there is no such database', async () => {
    const missing = at((address) => {
      address.pathname = '/nothing-here';
    });
    expect(await failureAt(missing)).toContain('There is no database "nothing-here" at 127.0.0.1:');
  });

  test('the server does not encrypt', async () => {
    const encrypted = at((address) => address.searchParams.set('sslmode', 'require'));
    expect(await failureAt(encrypted)).toContain('does not encrypt, and sslmode asks for it. Set sslmode=disable');
  });

  test.skipIf(!pgbouncer)('refuses a pooler without a direct address', async () => {
    const pooler = await startPgbouncer(postgres.url);
    expect(await failureAt(pooler.url)).toMatch(/is a pooler: .* Set DIRECT_DATABASE_URL to the address of the server/);
    const wrong = changed(pooler.url, (address) => {
      address.password = PASSWORD;
    });
    expect(await failureAt(wrong, postgres.url)).toContain('refuses the password of "postgres".');
    await pooler.stop();
  });

  test('the user may not create tables', async () => {
    const admin = new pg.Client({ connectionString: postgres.url });
    await admin.connect();
    await admin.query(`CREATE ROLE reader LOGIN PASSWORD '${PASSWORD}'`);
    await admin.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    await admin.end();
    const reader = at((address) => {
      address.username = 'reader';
      address.password = PASSWORD;
    });
    expect(await failureAt(reader)).toMatch(
      /cannot be brought up to date: permission denied .* allowed to create tables/,
    );
  });

  test('no connection is left', async () => {
    const others = Array.from({ length: 8 }, () => new pg.Client({ connectionString: postgres.url }));
    for (const other of others) other.on('error', () => {});
    await Promise.allSettled(others.map((other) => other.connect()));
    expect(await failureAt(postgres.url)).toContain('has no connection left.');
    await Promise.all(others.map((other) => other.end()));
  });

  test('refuses an address that is not PostgreSQL', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // it listens on TCP
    expect(await failureAt(`postgres://u:${PASSWORD}@127.0.0.1:${port}/x`)).toContain(
      'that what answers there is PostgreSQL.',
    );
    server.close();
  });
});

const openssl = await hasOpenssl();
if (!openssl) process.stderr.write('Databases that encrypt are not tested: openssl is not installed.\n');

describe.skipIf(!openssl)('a database that encrypts', () => {
  let folder: string;
  let postgres: TestPostgres;
  let authority: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cw-tls-'));
    const { authorityFile, ...tls } = await makeCertificate(folder, 'localhost');
    authority = authorityFile;
    postgres = await startPostgres({ tls });
  });
  afterAll(async () => {
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const at = (parameters: Record<string, string>, hostname = 'localhost', scheme = 'postgres') =>
    changed(postgres.url.replace('postgresql:', `${scheme}:`), (address) => {
      address.hostname = hostname;
      for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    });

  test.each([
    ['postgres', 'require, with any signer of the certificate', () => ({ sslmode: 'require' })],
    ['postgresql', 'require, with its authority', () => ({ sslmode: 'require', sslrootcert: authority })],
    ['postgres', 'verify-full, with its authority', () => ({ sslmode: 'verify-full', sslrootcert: authority })],
  ])('is used encrypted by %s:// and sslmode=%s, LISTEN too', async (scheme, _, parameters) => {
    const database = await openAt(at(parameters(), 'localhost', scheme));
    try {
      await database.listener.listen(
        'tls_test',
        () => {},
        () => {},
      );
      const connections = await database.prisma.$queryRaw`
        SELECT ssl, application_name = 'catwalk-listen' AS listens FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE backend_type = 'client backend' GROUP BY 1, 2 ORDER BY 2`;
      expect(connections).toEqual([
        { ssl: true, listens: false },
        { ssl: true, listens: true },
      ]);
    } finally {
      await database.close();
    }
  });

  test('is not used without encryption', async () => {
    for (const parameters of [{}, { sslmode: 'disable' }]) {
      expect(await failureAt(at(parameters))).toContain(
        'only to those who encrypt. Add sslmode=verify-full to DATABASE_URL',
      );
    }
  });

  test('with an unknown signer is not trusted', async () => {
    const failure = await failureAt(at({ sslmode: 'verify-full' }));
    expect(failure).toContain('is not signed by an authority that is trusted here. Name the file');
    expect(await failureAt(at({ sslrootcert: 'system' }))).toBe(failure);
  });

  test('refuses a certificate for another name, unless only the authority is checked', async () => {
    const other = await mkdtemp(path.join(folder, 'other-'));
    const { authorityFile, ...tls } = await makeCertificate(other, 'database.example');
    const server = await startPostgres({ tls });
    const as = (sslmode: string) =>
      failureAt(
        changed(server.url, (address) => {
          address.hostname = 'localhost';
          address.search = `?${new URLSearchParams({ sslmode, sslrootcert: authorityFile })}`;
        }),
      );
    try {
      expect(await as('verify-full')).toMatch(/The certificate .* is not for "localhost"\./);
      expect(await as('verify-ca')).toBe('opened');
    } finally {
      await server.stop();
    }
  });

  test('reports an authority that cannot be read', async () => {
    const missing = path.join(folder, 'nothing.pem');
    expect(await failureAt(at({ sslmode: 'verify-full', sslrootcert: missing }))).toContain('Check sslrootcert.');
  });
});
