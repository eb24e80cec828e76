import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { problemOfAddress } from '#prisma/postgres-address.ts';
import { Secret } from '#server/domain/credentials/secret.ts';

/** The kinds of values that variables of the environment have; what none of them accepts stops the start with its sentence. */

export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be between ${min} and ${max}`);

export const httpUrl = z
  .string()
  .refine((value) => /^https?:\/\//.test(value) && URL.canParse(value), 'must be an http or https URL')
  .transform((value) => value.replace(/\/+$/, ''));

export const origin = httpUrl.refine(
  (value) => URL.canParse(value) && new URL(value).origin === value,
  'must be an origin, such as https://catwalk.example.com, without a path',
);

export const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// or postgresql:// URL')
  .superRefine((value, context) => {
    const message = problemOfAddress(value);
    if (message) context.addIssue({ code: 'custom', message });
  })
  .transform((value) => new Secret(value));

export const secret = z.string().transform((value) => new Secret(value));

export const machinesUrl = z
  .string()
  .refine(
    (value) => (/^https?:\/\//.test(value) && URL.canParse(value)) || /^unix:.*\/.+/.test(value),
    'must be an http or https URL, or unix:/path/to.sock',
  );

export const smtpUrl = z
  .string()
  .refine((value) => /^smtps?:\/\//.test(value) && URL.canParse(value), 'must be an smtp:// or smtps:// URL')
  .transform((value) => new Secret(value));

const list = z.string().transform((value) => value.split(/[\s,]+/).filter(Boolean));

export const origins = list.pipe(z.array(origin));

/** Empty for a proxy of another kind, which programs that know HTTP alone cannot use. */
export const proxyUrl = z
  .string()
  .transform((value) => (/^https?:\/\//.test(value) && URL.canParse(value) ? new Secret(value) : undefined));

/** Like `trust proxy` in Express: the number of proxies in front or their addresses; and `fly` for Fly's proxy. */
export const trustProxy = z.union(
  [
    z.literal('fly'),
    z.string().regex(/^\d+$/).transform(Number),
    list.refine((entries) => entries.every((entry) => isIP(entry) !== 0 || ipaddr.isValidCIDR(entry))),
  ],
  'must be fly, the number of proxies in front, or their addresses or networks, such as 10.0.0.0/8',
);
