import { expect, test } from 'vitest';
import { MachinesError } from '#deploy/fly/errors.ts';
import type { MachineConfig } from '#deploy/machine-config.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import { createFromImage } from './create-from-image.ts';
import type { PackageImages } from './fleet.ts';
import type { Step } from './step.ts';

const SPEC = { runtime: 'npm', name: 'packed', version: '1.0.0' };
const refusal = (kind: 'image-not-found' | 'capacity') =>
  new MachinesError('no', {
    kind,
    operation: 'create',
    status: 400,
    code: null,
    requestId: null,
    sent: true,
  });

/** Creates one machine; `refuse` has the reason why an image is not taken. */
const create = async (found: string | null, refuse: Record<string, MachinesError> = {}, app = 'own') => {
  const created: string[] = [];
  const forgotten: string[] = [];
  const packageImages: PackageImages = {
    find: async () => found,
    forget: (image) => void forgotten.push(image),
    keep: () => undefined,
  };
  const machines = {
    create: async (_app: string, { config: { image } }: { config: MachineConfig }) => {
      created.push(image);
      if (refuse[image]) throw refuse[image];
      return { id: 'm-1' };
    },
  };
  const step = {
    fleet: { app: 'own', packageImages, machines },
    signal: AbortSignal.timeout(60_000),
  } as unknown as Step;
  const row = { app, name: 'm', region: 'iad' };
  const result = createFromImage(step, row, { spec: SPEC } as unknown as Release, { image: 'base' } as MachineConfig);
  const failure = await result.then(
    () => null,
    (error: unknown) => error,
  );
  return { created, forgotten, failure };
};

test('a machine starts from the image that holds its package installed', async () => {
  expect(await create('kept')).toEqual({ created: ['kept'], forgotten: [], failure: null });
  expect(await create(null)).toEqual({ created: ['base'], forgotten: [], failure: null });
});

test('an image that the registry does not have any more is forgotten, and the package installed at boot', async () => {
  const gone = { kept: refusal('image-not-found') };
  expect(await create('kept', gone)).toEqual({ created: ['kept', 'base'], forgotten: ['kept'], failure: null });
});

test('another refusal is not about the image', async () => {
  const full = refusal('capacity');
  expect(await create('kept', { kept: full })).toEqual({ created: ['kept'], forgotten: [], failure: full });
});

test('a machine that stays in an earlier app starts from the machine image', async () => {
  expect(await create('kept', {}, 'earlier')).toMatchObject({ created: ['base'] });
});
