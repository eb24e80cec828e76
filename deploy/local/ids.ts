import { randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** As Fly's: 14 hexadecimal digits. */
export const newMachineId = (): string => randomBytes(7).toString('hex');

/** 26 characters, increasing with time: versions and events are named so. */
export const newUlid = (now: number): string => {
  let time = '';
  let rest = now;
  for (let index = 0; index < 10; index += 1) {
    time = (CROCKFORD[rest % 32] ?? '0') + time;
    rest = Math.floor(rest / 32);
  }
  const random = [...randomBytes(16)].map((byte) => CROCKFORD[byte % 32] ?? '0').join('');
  return time + random;
};
