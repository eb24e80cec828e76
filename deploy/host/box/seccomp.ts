import { endianness } from 'node:os';
import { ARCHITECTURES } from './syscalls.ts';

/**
 * A seccomp filter is a classic BPF program over `struct seccomp_data`: the number of the call at 0, the architecture at
 * 4, the arguments from 16 on, eight bytes each (linux/seccomp.h, linux/filter.h). bubblewrap loads it just before it
 * starts the program.
 */
const NUMBER = 0;
const ARCHITECTURE = 4;
const argument = (index: number): number => 16 + index * 8; // the lower half, on little-endian machines

const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const IF_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const IF_ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const fail = (errno: number): number => 0x00050000 | errno;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** CLONE_NEW* of linux/sched.h: time, mount, cgroup, UTS, IPC, user, pid and network namespaces. */
const NEW_NAMESPACES = 0x7e020080;
/** They write into the terminal from which the program was started. */
const TERMINAL_REQUESTS = [0x5412 /* TIOCSTI */, 0x541c /* TIOCLINUX */];
/** AF_UNIX, AF_INET, AF_INET6, and AF_NETLINK, which lists network interfaces. Raw packets and the rest are denied. */
const ADDRESS_FAMILIES = [1, 2, 10, 16];

type Instruction = { code: number; jumpIfTrue: number; jumpIfFalse: number; value: number };

const step = (code: number, value: number, jumpIfTrue = 0, jumpIfFalse = 0): Instruction => ({
  code,
  jumpIfTrue,
  jumpIfFalse,
  value,
});

/** Runs `body` for one call alone; a body ends with a return, or falls through with the number to be loaded again. */
const onCall = (number: number, body: Instruction[]): Instruction[] => [
  step(IF_EQUAL, number, 0, body.length),
  ...body,
];

const filterOf = (arch: string): Instruction[] | null => {
  const known = ARCHITECTURES[arch];
  if (known === undefined || endianness() !== 'LE') return null;
  return [
    step(LOAD, ARCHITECTURE),
    step(IF_EQUAL, known.audit, 1, 0),
    step(RETURN, KILL_PROCESS),
    step(LOAD, NUMBER),
    ...(known.foreign === null ? [] : [step(IF_AT_LEAST, known.foreign, 0, 1), step(RETURN, fail(ENOSYS))]),
    ...known.denied.flatMap((number) => onCall(number, [step(RETURN, fail(EPERM))])),
    // Its flags are behind a pointer, which a filter cannot follow: with ENOSYS every C library takes clone instead.
    ...onCall(known.clone3, [step(RETURN, fail(ENOSYS))]),
    ...onCall(known.clone, [
      step(LOAD, argument(0)),
      step(IF_ANY_BIT, NEW_NAMESPACES, 0, 1),
      step(RETURN, fail(EPERM)),
      step(RETURN, ALLOW),
    ]),
    ...onCall(known.ioctl, [
      step(LOAD, argument(1)),
      ...TERMINAL_REQUESTS.flatMap((request) => [step(IF_EQUAL, request, 0, 1), step(RETURN, fail(EPERM))]),
      step(RETURN, ALLOW),
    ]),
    ...onCall(known.socket, [
      step(LOAD, argument(0)),
      ...ADDRESS_FAMILIES.flatMap((family) => [step(IF_EQUAL, family, 0, 1), step(RETURN, ALLOW)]),
      step(RETURN, fail(EAFNOSUPPORT)),
    ]),
    step(RETURN, ALLOW),
  ];
};

/** The filter as bubblewrap reads it (`struct sock_filter[]`); null for architectures whose numbers are not listed. */
export const seccompProgram = (arch: string = process.arch): Buffer | null => {
  const instructions = filterOf(arch);
  if (instructions === null) return null;
  const program = Buffer.alloc(instructions.length * 8);
  for (const [index, { code, jumpIfTrue, jumpIfFalse, value }] of instructions.entries()) {
    program.writeUInt16LE(code, index * 8);
    program.writeUInt8(jumpIfTrue, index * 8 + 2);
    program.writeUInt8(jumpIfFalse, index * 8 + 3);
    program.writeUInt32LE(value, index * 8 + 4);
  }
  return program;
};
