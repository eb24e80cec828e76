import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { startRegistry, type TestRegistry } from '#deploy/image/registry.testing.ts';
import { parseImage } from '#deploy/image/registry.ts';
import { createLocalMachines, LOCAL_APP } from '#deploy/local/local-machines.ts';
import { openDatabase } from '#prisma/client.ts';
import { startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import { checkApp, checkToken } from './check-app.ts';
import { checkDatabase } from './check-database.ts';
import { checkImage } from './check-image.ts';
import { checkPrivateNetwork, checkPublicUrl } from './check-network.ts';

const states = (findings: { what: string; state: string }[]) => findings.map(({ what, state }) => `${what} ${state}`);

describe('token and app', () => {
  let folder: string;
  let local: Awaited<ReturnType<typeof createLocalMachines>>;
  let machines: ReturnType<typeof createMachinesClient>;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cw-doctor-'));
    local = await createLocalMachines({ dataDir: folder, cacheDir: path.join(folder, 'cache') });
    machines = createMachinesClient({ baseUrl: local.baseUrl, rateLimit: false });
  });
  afterAll(async () => {
    await machines.close();
    await local.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are there', async () => {
    expect((await checkToken(machines, { FLY_ORG: 'personal' })).state).toBe('ok');
    expect((await checkApp(machines, { FLY_ORG: 'personal', FLY_MCP_APP_NAME: LOCAL_APP })).state).toBe('ok');
    expect((await checkApp(machines, { FLY_ORG: 'personal' })).state).toBe('ok');
  });

  it('an app that is not there is missing, with the command that makes it', async () => {
    const found = await checkApp(machines, { FLY_ORG: 'acme', FLY_MCP_APP_NAME: 'no-such-app' });
    expect(found).toMatchObject({ state: 'missing', hint: 'fly apps create no-such-app --org acme' });
  });

  it('an API that does not answer is said to be away, not the token to be wrong', async () => {
    const away = createMachinesClient({ baseUrl: 'http://127.0.0.1:9', rateLimit: false });
    const found = await checkToken(away, { FLY_ORG: 'personal' });
    await away.close();
    expect(found).toMatchObject({ state: 'missing', seen: expect.stringContaining('could not be asked') });
  });
});

describe('the machine image', () => {
  let registry: TestRegistry;
  let digest: string;
  beforeAll(async () => {
    registry = await startRegistry((name) => (name === 'foreign' ? 'other' : 'acme'), { acme: 'fm2_token' });
    digest = registry.addImage('catwalk-mcp', ['base', 'host']);
  });
  afterAll(() => registry.close());
  const check = (image: string) => checkImage({ FLY_MCP_IMAGE: image, FLY_API_TOKEN: new Secret('FlyV1 fm2_token') });

  it('is asked for as the registry has it, with the token without its scheme', async () => {
    const finding = await check(`${registry.host}/catwalk-mcp@${digest}`);
    expect(finding).toMatchObject({ state: 'ok', seen: expect.stringContaining('copied into the organizations') });
  });

  it('warns of a tag, and names the digest to use', async () => {
    const finding = await check(`${registry.host}/catwalk-mcp:host-1`);
    expect(finding).toMatchObject({ state: 'warning', seen: expect.stringContaining(`catwalk-mcp@${digest}`) });
  });

  it('reports an image that is absent, foreign or misnamed as missing', async () => {
    const { host } = registry;
    for (const image of [`${host}/catwalk-mcp:other`, `${host}/foreign:host-1`, 'catwalk-mcp', `${host}/x`]) {
      expect((await check(image)).state).toBe('missing');
    }
  });

  it('reports an image of which a part is gone, so that it cannot be copied', async () => {
    const broken = registry.addImage('broken', ['one', 'two']);
    const { blobs } = registry.repoOf('broken');
    const [gone = ''] = blobs.keys();
    blobs.delete(gone);
    const finding = await check(`${registry.host}/broken@${broken}`);
    expect(finding).toMatchObject({ state: 'missing', seen: expect.stringContaining(gone) });
  });

  it('has a name with a tag or a digest', () => {
    expect(parseImage('registry.fly.io/catwalk-mcp:host-1')).toEqual({
      ...{ registry: 'registry.fly.io', repository: 'catwalk-mcp', reference: 'host-1' },
    });
    expect(parseImage(`registry.fly.io/catwalk-mcp@${digest}`)?.reference).toBe(digest);
    expect(parseImage('registry.fly.io/catwalk-mcp')).toBeNull();
  });
});

describe('network and address', () => {
  it('the private network is needed by a single tenant alone', async () => {
    const away = () => Promise.reject(new Error('ENOTFOUND'));
    const there = () => Promise.resolve(['fdaa::3']);
    expect((await checkPrivateNetwork({ FLY_MCP_APP_NAME: 'app' }, away as never)).state).toBe('warning');
    expect((await checkPrivateNetwork({ FLY_MCP_APP_NAME: 'app' }, there as never)).state).toBe('ok');
    expect((await checkPrivateNetwork({}, away as never)).state).toBe('ok');
  });

  it('the public address is https', async () => {
    expect((await checkPublicUrl({})).state).toBe('missing');
    expect((await checkPublicUrl({ PUBLIC_URL: 'http://catwalk.example.com' })).state).toBe('missing');
    const healthy = async () => new Response('{"status":"healthy"}');
    expect((await checkPublicUrl({ PUBLIC_URL: 'https://catwalk.example.com' }, healthy)).state).toBe('ok');
  });
});

describe('the database', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());
  const check = (url: string) => checkDatabase({ DATABASE_URL: new Secret(url) });

  it('is checked before and after its first migration, and receives NOTIFY', async () => {
    expect(states(await check(postgres.url))).toEqual(['database ok', 'migrations warning', 'events ok']);
    await (await openDatabase({ kind: 'postgres', url: postgres.url })).close();
    expect(states(await check(postgres.url))).toEqual(['database ok', 'migrations ok', 'events ok']);
  });

  it('reports an absent app as missing', async () => {
    expect(states(await check('postgres://127.0.0.1:9/x'))).toEqual(['database missing', 'events missing']);
    expect(states(await checkDatabase({}))).toEqual(['database missing']);
  });
});
