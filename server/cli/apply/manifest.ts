import { z } from 'zod';
import { referenceTo, variableOf } from './reference.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()], 'A value is a text, a number, true or false.');
const text = scalar.transform(String);
const name = z.string().min(1, 'A name has at least one character.');
const reference = z
  .string()
  .refine(
    (value) => variableOf(value) !== null,
    `The file holds no secrets: name an environment variable, as ${referenceTo('NAME')}.`,
  );
const ACCESS = z.enum(['token', 'oauth', 'public']);

const deployment = z.strictObject({
  source: z.string().min(1, 'The source is what `catwalk deploy` takes.'),
  candidate: name.optional(),
  version: text.optional(),
  acceptUnverified: z.boolean().optional(),
  access: ACCESS.optional(),
  isolation: z.enum(['auto', 'shared', 'per-session']).optional(),
  region: name.optional(),
  memory: z.int().min(1).optional(),
  processor: name.optional(),
  sleep: z.union([z.int().min(1), z.literal('off')], 'Sleep is a number of minutes, or off.').optional(),
  streams: z.enum(['park', 'hold']).optional(),
  egress: z
    .strictObject({
      policy: z.enum(['machine', 'public', 'listed', 'none']),
      hosts: z.array(name).default([]),
    })
    .optional(),
  slug: name.optional(),
  tags: z.array(name).optional(),
  arguments: z
    .record(name, z.union([text, z.array(text)], 'An argument is a value, or a list of values if it is repeated.'))
    .optional(),
  extraArguments: z.array(text).optional(),
  credentials: z.record(name, reference).optional(),
  personal: z.array(name).optional(),
  views: z.record(name, z.record(z.string(), z.json())).optional(),
});

const bundle = z.strictObject({
  slug: name.optional(),
  access: ACCESS.optional(),
  members: z
    .array(z.strictObject({ deployment: name, view: name.optional(), prefix: name.optional() }))
    .min(1, 'A bundle has at least one member.'),
});

/** A file of `catwalk apply`: deployments and bundles by their names. Settings that are left out stay as they are. */
export const manifestSchema = z
  .strictObject({
    version: z.literal(1, 'This version of the command reads version: 1.'),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,29}$/, 'The name has 1 to 30 lower-case letters, digits and hyphens.')
      .default('catwalk'),
    deployments: z.record(name, deployment).default({}),
    bundles: z.record(name, bundle).default({}),
    /** Deleted by `--prune`, whoever made them. A view is written `deployment/view`. */
    absent: z
      .strictObject({
        deployments: z.array(name).default([]),
        bundles: z.array(name).default([]),
        views: z.array(z.string().regex(/^.+\/[^/]+$/, 'Write deployment/view.')).default([]),
      })
      .default({ deployments: [], bundles: [], views: [] }),
  })
  .superRefine(({ deployments, bundles, absent }, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const one of Object.keys(bundles))
      if (Object.hasOwn(deployments, one))
        fault(['bundles', one], `A deployment of this file is called “${one}”, too.`);
    for (const kind of ['deployments', 'bundles'] as const)
      absent[kind].forEach((one, at) => {
        if (Object.hasOwn(kind === 'bundles' ? bundles : deployments, one))
          fault(['absent', kind, at], `The file describes “${one}”, too.`);
      });
  });

export type Manifest = z.output<typeof manifestSchema>;
export type DeploymentSpec = Manifest['deployments'][string];
export type BundleSpec = Manifest['bundles'][string];

/** The tag of what an apply of the file with this name has made. */
export const tagOf = ({ name: file }: Pick<Manifest, 'name'>): string => `apply:${file}`;
export const isApplyTag = (tag: string): boolean => tag.startsWith('apply:');
