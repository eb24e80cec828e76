import { z } from 'zod';
import { operation } from './operation.ts';

export const WHO_AM_I = operation(
  'query WhoAmI { result: viewer { name email } }',
  z.object({ name: z.string(), email: z.string() }).nullable(),
);
