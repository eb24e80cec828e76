/**
 * The system calls that no MCP server needs and that reach beyond a box: tracing and reading other processes, mounting,
 * new namespaces, kernel modules and keys, io_uring (whose work the filter cannot see), clocks and the like. Numbers:
 * Linux `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`; null where an architecture has
 * none. From 424 on all architectures have the same numbers.
 */
const DENIED: readonly (readonly [name: string, x64: number | null, arm64: number | null])[] = [
  ['ptrace', 101, 117],
  ['process_vm_readv', 310, 270],
  ['process_vm_writev', 311, 271],
  ['kcmp', 312, 272],
  ['pidfd_getfd', 438, 438],
  ['mount', 165, 40],
  ['umount2', 166, 39],
  ['pivot_root', 155, 41],
  ['chroot', 161, 51],
  ['open_tree', 428, 428],
  ['move_mount', 429, 429],
  ['fsopen', 430, 430],
  ['fsconfig', 431, 431],
  ['fsmount', 432, 432],
  ['fspick', 433, 433],
  ['mount_setattr', 442, 442],
  ['unshare', 272, 97],
  ['setns', 308, 268],
  ['bpf', 321, 280],
  ['perf_event_open', 298, 241],
  ['userfaultfd', 323, 282],
  ['io_uring_setup', 425, 425],
  ['io_uring_enter', 426, 426],
  ['io_uring_register', 427, 427],
  ['add_key', 248, 217],
  ['request_key', 249, 218],
  ['keyctl', 250, 219],
  ['init_module', 175, 105],
  ['finit_module', 313, 273],
  ['delete_module', 176, 106],
  ['kexec_load', 246, 104],
  ['kexec_file_load', 320, 294],
  ['reboot', 169, 142],
  ['swapon', 167, 224],
  ['swapoff', 168, 225],
  ['acct', 163, 89],
  ['quotactl', 179, 60],
  ['quotactl_fd', 443, 443],
  ['syslog', 103, 116],
  ['settimeofday', 164, 170],
  ['clock_settime', 227, 112],
  ['clock_adjtime', 305, 266],
  ['adjtimex', 159, 171],
  ['sethostname', 170, 161],
  ['setdomainname', 171, 162],
  ['vhangup', 153, 58],
  ['iopl', 172, null],
  ['ioperm', 173, null],
  ['modify_ldt', 154, null],
  ['name_to_handle_at', 303, 264],
  ['open_by_handle_at', 304, 265],
  ['fanotify_init', 300, 262],
  ['move_pages', 279, 239],
  ['migrate_pages', 256, 238],
];

export type Architecture = {
  /** AUDIT_ARCH_* of linux/audit.h. */
  audit: number;
  denied: number[];
  clone: number;
  clone3: number;
  ioctl: number;
  socket: number;
  /** The first number of another calling convention (x32), whose calls are all denied; null where there is none. */
  foreign: number | null;
};

const numbersOf = (column: 1 | 2): number[] => DENIED.flatMap((row) => row[column] ?? []);

/** By `process.arch`. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    denied: numbersOf(1),
    clone: 56,
    clone3: 435,
    ioctl: 16,
    socket: 41,
    foreign: 0x40000000,
  },
  arm64: { audit: 0xc00000b7, denied: numbersOf(2), clone: 220, clone3: 435, ioctl: 29, socket: 198, foreign: null },
};
