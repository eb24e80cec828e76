import { expect, test } from 'vitest';
import type { Shell } from '../shell.ts';
import { members } from './members.ts';

test('refuses to lock and to unlock in one call, before it connects to a server', async () => {
  const unused = {} as Shell; // the refusal comes before the shell is read
  await expect(members(unused, { lock: 'ann@example.com', unlock: 'bob@example.com' })).rejects.toMatchObject({
    exitCode: 2,
  });
});
