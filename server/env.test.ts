import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EnvironmentError, readEnv } from './env.ts';

const problemsOf = (source: Record<string, string>): string[] => {
  try {
    readEnv(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
};

const PRODUCTION = {
  NODE_ENV: 'production',
  ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
  AUTH_SECRET: 'x'.repeat(32),
};

describe('the environment', () => {
  it('may be empty: machines are local, the database embedded, the address loopback', () => {
    const env = readEnv({});
    expect(env).toMatchObject({ MACHINES: 'local', HOST: '127.0.0.1', PORT: 3000, endpointRateLimit: null });
    expect(env.DATABASE_URL).toBeUndefined();
  });

  it.each([
    ['PORT', 'abc'],
    ['PORT', '70000'],
    ['PUBLIC_URL', 'https://catwalk.example.com/path'],
    ['DATABASE_URL', 'mysql://localhost/catwalk'],
    ['DATABASE_URL', 'postgres://localhost/catwalk?sslmode=prefer'],
    ['AUTH_SECRET', 'short'],
    ['TRUST_PROXY', 'yes'],
    ['TRUST_PROXY', '1 fly'],
    ['TRUST_PROXY', '10.0.0.0/99'],
    ['CORS_ORIGINS', 'https://a.example, nonsense'],
    ['MACHINES', 'cloud'],
    ['LOG_LEVEL', 'loud'],
    ['RATE_LIMIT_PER_MINUTE', '-1'],
    ['FLY_API_BASE_URL', 'ftp://machines'],
    ['GITHUB_CLIENT_ID', 'only-half'],
  ])('names %s when its value is %j', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
  });

  it.each([
    ['fly', 'fly'],
    ['2', 2],
    ['10.0.0.0/8, fdaa::3', ['10.0.0.0/8', 'fdaa::3']],
  ])('reads TRUST_PROXY=%s', (value, trust) => {
    expect(readEnv({ TRUST_PROXY: value }).TRUST_PROXY).toEqual(trust);
  });

  it('reports every problem at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'y' })).toHaveLength(2);
  });

  it('counts an empty variable as unset', () => {
    const env = readEnv({ PORT: '', DATABASE_URL: ' ' });
    expect(env.PORT).toBe(3000);
    expect(env.DATABASE_URL).toBeUndefined();
  });

  it('wants secrets and a place for machines in production', () => {
    const names = problemsOf({ NODE_ENV: 'production' }).map((problem) => problem.split(':')[0]);
    expect(names).toEqual(['FLY_API_TOKEN', 'ENCRYPTION_KEY', 'AUTH_SECRET']);
  });

  it('runs servers as this user in production only when asked to', () => {
    expect(readEnv({ ...PRODUCTION, MACHINES: 'local' }).MACHINES).toBe('local');
  });

  it('limits endpoints by default on Fly alone', () => {
    const fly = { FLY_API_TOKEN: 't', FLY_MCP_IMAGE: 'i' };
    expect(readEnv(fly).endpointRateLimit).toBe(6000);
    expect(readEnv({ ...fly, ENDPOINT_RATE_LIMIT_PER_MINUTE: '0' }).endpointRateLimit).toBeNull();
  });

  it('takes several processes only where nothing is kept in one of them', () => {
    const several = { CATWALK_PROCESSES: '2' };
    const DATABASE_URL = 'postgres://u:p@h/d';
    expect(problemsOf(several)).toHaveLength(2);
    expect(problemsOf({ ...several, FLY_API_TOKEN: 't', FLY_MCP_IMAGE: 'i' })).toHaveLength(1);
    expect(problemsOf({ ...several, DATABASE_URL })).toHaveLength(1);
    expect(readEnv({ ...several, DATABASE_URL, FLY_API_TOKEN: 't', FLY_MCP_IMAGE: 'i' }).CATWALK_PROCESSES).toBe(2);
  });

  it('never prints a secret', () => {
    const text = `${inspect(readEnv({ FLY_API_TOKEN: 'sentinel', FLY_MCP_IMAGE: 'i', DATABASE_URL: 'postgres://u:sentinel@h/d' }))}`;
    expect(text).not.toContain('sentinel');
  });
});
