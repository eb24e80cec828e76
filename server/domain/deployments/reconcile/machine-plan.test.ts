import { expect, test } from 'vitest';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import { credentialField } from '../rows/credential-field.testing.ts';
import type { Fleet } from './fleet.ts';
import { type MachinePlanDeps, planMachine } from './machine-plan.ts';
import { credentialsText, release } from './rows.testing.ts';

const RENDERED = {
  args: ['--a'],
  env: { KEY: 'k' },
  files: [{ env: 'F', name: 'f', contentBase64: 'eA==' }],
  secrets: ['k'],
};

/** The plan of a release, and the configuration that its host receives. */
async function plan(over: Partial<Release> = {}, deps: Partial<MachinePlanDeps> = {}) {
  const queries: unknown[] = [];
  const parts = {
    prisma: {
      credentialSet: {
        findUniqueOrThrow: async (query: unknown) => {
          queries.push(query);
          return {
            deploymentId: 'd1',
            version: 4,
            envelope: 'e',
            deployment: { fields: { credentials: [credentialField('KEY')], arguments: [], fixedArguments: [] } },
          };
        },
      },
    },
    envelopes: { open: async (sealed: string) => (sealed === 'e' ? credentialsText(RENDERED) : 'host token') },
    installationId: 'i',
    ...deps,
  } as unknown as MachinePlanDeps; // only these parts are used
  const fleet = { image: 'registry/image', addressModeOf: () => ({ kind: '6pn', app: 'app' }) } as unknown as Fleet;
  const spec = { runtime: 'npm', name: 'p', version: '1.0.0' };
  const config = await planMachine(parts, { ...release(), spec, credentialVersion: 4, ...over }, fleet, 'app');
  const hostConfig = JSON.parse(Buffer.from(config.files[0]?.raw_value ?? '', 'base64').toString('utf8'));
  return { config, hostConfig, queries };
}

test('a machine gets the package, the credentials of its release, and its own token', async () => {
  const { config, hostConfig, queries } = await plan();
  expect(queries).toMatchObject([{ where: { deploymentId_version: { deploymentId: 'd1', version: 4 } } }]);
  expect(hostConfig).toMatchObject({
    token: 'host token',
    package: { runtime: 'npm', name: 'p', version: '1.0.0' },
    ...RENDERED,
    knownVariables: ['KEY'],
    isolation: 'AUTO',
    memoryMb: 256,
    timeFactor: 1,
  });
  expect(config.image).toBe('registry/image');
  expect(config.guest).toMatchObject({ cpu_kind: 'shared', cpus: 4, memory_mb: 256 });
  expect(config.metadata).toMatchObject({
    [METADATA_KEYS.installation]: 'i',
    [METADATA_KEYS.deployment]: 'd1',
    [METADATA_KEYS.release]: 'r1',
  });
});

test('a limit on the network is a part of the configuration only where there is one', async () => {
  expect((await plan()).hostConfig).not.toHaveProperty('egress');
  const { hostConfig } = await plan({ egress: 'LISTED', egressHosts: ['a.example'] });
  expect(hostConfig.egress).toEqual({ policy: 'LISTED', hosts: ['a.example'] });
});

test('the time of a handshake and the slowness of the processor are passed on', async () => {
  expect((await plan()).hostConfig).not.toHaveProperty('handshakeTimeoutMs');
  const { hostConfig } = await plan({ processor: 'shared-cpu-1x' }, { handshakeTimeoutMs: 5 });
  expect(hostConfig.handshakeTimeoutMs).toBe(5);
  expect(hostConfig.timeFactor).toBeGreaterThan(1);
});
