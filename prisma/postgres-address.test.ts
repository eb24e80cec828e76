import pg from 'pg';
import { expect, test } from 'vitest';
import { driverAddress, problemOfAddress } from './postgres-address.ts';

const tlsOf = (parameters: string) =>
  (
    new pg.Client({
      connectionString: driverAddress(`postgres://u:p@db.example/catwalk${parameters}`),
    }) as pg.Client & {
      connection: { ssl: unknown }; // what it will hand to TLS
    }
  ).connection.ssl;

test('sslmode means what libpq means by it', () => {
  expect(tlsOf('')).toBe(false);
  expect(tlsOf('?sslmode=disable')).toBe(false);
  expect(tlsOf('?sslmode=require')).toEqual({ rejectUnauthorized: false });
  expect(tlsOf('?sslmode=verify-full')).toEqual({});
  expect(tlsOf('?sslrootcert=system')).toEqual({});
  expect(tlsOf('?sslmode=require&sslrootcert=system')).toEqual({});
});

test('user, password, host and database are untouched', () => {
  for (const scheme of ['postgres', 'postgresql']) {
    const client = new pg.Client({
      connectionString: driverAddress(`${scheme}://u%40x:p%2F%3D@[::1]:6432/a?sslmode=require`),
    });
    expect(client).toMatchObject({ user: 'u@x', password: 'p/=', host: '::1', port: 6432, database: 'a' });
  }
});

test('reports an address that cannot be right, without its password', () => {
  expect(problemOfAddress('postgres://u:p@db.example/catwalk')).toBeNull();
  expect(problemOfAddress('postgres://u:p@db.example/catwalk?sslmode=prefer')).toMatch(/^sslmode must be one of/);
  expect(problemOfAddress('postgres://u:p@db.example/catwalk?sslmode=verify-ca')).toMatch(/sslrootcert/);
  for (const host of ['127.0.0.1', '[::1]']) {
    expect(problemOfAddress(`postgres://u:p@${host}/catwalk?sslmode=verify-full`)).toMatch(/not an IP address/);
  }
  expect(() => driverAddress('postgres://u:sentinel@db.example/catwalk?sslmode=verify')).toThrow(/^(?!.*sentinel)/);
});
