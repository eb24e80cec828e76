import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findOnPath } from '../find-on-path.ts';
import type { CompilerName } from '../package-spec.ts';

/** A compiler of this machine. */
export type Toolchain = {
  /** Its program: `go` or `cargo`. */
  command: string;
  /** The folder of all that belongs to it. */
  root: string;
};

const RUSTUP_MS_MAX = 5_000;

/** How people know a compiler, and how they get it. */
export const COMPILER_FACTS = {
  go: { language: 'Go', hint: 'Install Go (Debian and Ubuntu: apt-get install golang).' },
  cargo: { language: 'Rust', hint: 'Install Rust with Cargo (Debian and Ubuntu: apt-get install cargo).' },
} as const satisfies Record<CompilerName, { language: string; hint: string }>;

/** rustup stands in for Cargo and starts it from the HOME of its user, which a builder does not see. */
const throughRustup = (rustup: string, path: string): string | null => {
  try {
    return execFileSync(rustup, ['which', 'cargo'], {
      encoding: 'utf8',
      timeout: RUSTUP_MS_MAX,
      // Away from here, so that no file of a project chooses the toolchain.
      cwd: '/',
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null; // it manages no toolchain yet
  }
};

/** Finds the first one on the PATH; null where there is none. */
export const findToolchain = (name: CompilerName, path: string): Toolchain | null => {
  for (const found of findOnPath(name, path)) {
    const real = realpathSync(found);
    const command = basename(real) === 'rustup' ? throughRustup(real, path) : real;
    // …/bin/go: the libraries of a toolchain are beside the folder of its programs.
    if (command !== null) return { command, root: join(dirname(command), '..') };
  }
  return null;
};
