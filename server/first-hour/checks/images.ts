import { z } from 'zod';
import { createRepository } from '#deploy/image/distribution.ts';
import { isLoopback, MANIFESTS, parseImage } from '#deploy/image/registry.ts';
import type { Check } from '../check.ts';

const CALL_MS_MAX = 20_000;
const manifestSchema = z.object({
  layers: z.array(z.object({ digest: z.string() })).default([]),
  manifests: z.array(z.object({ digest: z.string() })).default([]),
});

export const registryToken: Check = {
  id: 'F6',
  assumes: 'The registry takes a token as the password, without the scheme that fly prints before it.',
  async run({ image, token }, signal) {
    const name = parseImage(image);
    if (name === null) return { seen: `${image} is no name of an image with a tag or digest.`, asAssumed: false };
    const plain = token.replace(/^(FlyV1|Bearer) /, '');
    const look = async (password: string): Promise<number> => {
      const protocol = isLoopback(name.registry) ? 'http' : 'https';
      const answer = await fetch(`${protocol}://${name.registry}/v2/${name.repository}/manifests/${name.reference}`, {
        method: 'HEAD',
        headers: { accept: MANIFESTS, authorization: `Basic ${Buffer.from(`x:${password}`).toString('base64')}` },
        signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS_MAX)]),
      });
      return answer.status;
    };
    const [without, withScheme] = [await look(plain), await look(`FlyV1 ${plain}`)];
    return {
      seen: `The registry answered ${without} without the scheme, ${withScheme} with it.`,
      asAssumed: without === 200,
    };
  },
};

export const mounts: Check = {
  id: 'F9',
  assumes:
    'The repository of a new app takes uploads; layers of the organization may be mounted. A pushed image stays.',
  async run(world, signal) {
    const name = parseImage(world.image);
    if (name === null) return { seen: `${world.image} is no name of an image with a tag or digest.`, asAssumed: false };
    const app = world.newName();
    await world.machines.ensureApp({ name: app, organization: world.organization }, { signal });
    const { registry, token } = { registry: name.registry, token: world.token };
    const source = createRepository({ registry, name: name.repository, token }, signal);
    const target = createRepository({ registry, name: app, token }, signal);
    const read = async (reference: string) =>
      manifestSchema.parse(JSON.parse((await source.getManifest(reference)).bytes.toString('utf8')));
    const top = await read(name.reference);
    const image = top.manifests[0] === undefined ? top : await read(top.manifests[0].digest);
    const layer = image.layers[0]?.digest ?? '';
    const location = await target.mountBlob(layer, name.repository);
    const how = location === null ? 'was mounted' : 'was not mounted, but may be uploaded';
    return {
      seen: `A layer of ${name.repository} ${how}. ${name.reference} is in the registry; run this again tomorrow, with the same image, to see that it stays.`,
      asAssumed: true,
    };
  },
};
