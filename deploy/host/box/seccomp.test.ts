import { expect, test } from 'vitest';
import { seccompProgram } from './seccomp.ts';
import { ARCHITECTURES } from './syscalls.ts';

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const errno = (number: number) => 0x00050000 + number;

type Call = { arch?: number; number: number; args?: number[] };

/** Runs a filter as the kernel does (linux/filter.h), for the instructions that it uses. */
const run = (program: Buffer, { arch = 0xc000003e, number, args = [] }: Call): number => {
  let loaded = 0;
  for (let at = 0; at < program.length; at += 8) {
    const value = program.readUInt32LE(at + 4);
    const jump = (holds: boolean) => {
      at += program.readUInt8(at + (holds ? 2 : 3)) * 8;
    };
    switch (program.readUInt16LE(at)) {
      case 0x20:
        loaded = value === 0 ? number : value === 4 ? arch : (args[(value - 16) / 8] ?? 0);
        break;
      case 0x15:
        jump(loaded === value);
        break;
      case 0x35:
        jump(loaded >= value);
        break;
      case 0x45:
        jump((loaded & value) !== 0);
        break;
      case 0x06:
        return value;
      default:
        throw new Error('An unknown instruction.');
    }
  }
  throw new Error('The filter has no end.');
};

const x64 = seccompProgram('x64') ?? Buffer.alloc(0);

test.each<[string, Call, number]>([
  ['read', { number: 0 }, ALLOW],
  ['execve', { number: 59 }, ALLOW],
  ['ptrace', { number: 101 }, errno(1)],
  ['mount', { number: 165 }, errno(1)],
  ['io_uring_setup', { number: 425 }, errno(1)],
  ['a new thread', { number: 56, args: [0x3d0f00] }, ALLOW],
  ['a new process', { number: 56, args: [0x01200011] }, ALLOW],
  ['a new user namespace', { number: 56, args: [0x10000011] }, errno(1)],
  ['a new network namespace', { number: 56, args: [0x40000011] }, errno(1)],
  ['clone3', { number: 435 }, errno(38)],
  ['an ordinary request to a terminal', { number: 16, args: [0, 0x5401] }, ALLOW],
  ['input for a terminal', { number: 16, args: [0, 0x5412] }, errno(1)],
  ['a socket of IPv6', { number: 41, args: [10] }, ALLOW],
  ['a socket for raw packets', { number: 41, args: [17] }, errno(97)],
  ['a call in another convention', { number: 0x40000000 }, errno(38)],
  ['a call of another architecture', { arch: 0x40000003, number: 3 }, KILL],
])('answers %s', (_, call, verdict) => {
  expect(run(x64, call)).toBe(verdict);
});

test('has a filter for each listed architecture, and none for others', () => {
  for (const [arch, { audit, denied }] of Object.entries(ARCHITECTURES))
    for (const number of denied)
      expect(run(seccompProgram(arch) ?? Buffer.alloc(0), { arch: audit, number })).toBe(errno(1));
  expect(seccompProgram('riscv64')).toBeNull();
});
