/** How a server is reached that serves Streamable HTTP or HTTP+SSE by itself instead of stdio. */
export type HttpServing = {
  /** Variables, beside PORT, from which the server reads its port. */
  portVariables?: string[];
  /** Variables from which the server reads the address that it listens on. */
  hostVariables?: string[];
  /** The flag that takes the port, such as `--port`. */
  portFlag?: string;
  /** Paths that the code of the server names; the usual ones are tried too. */
  paths?: string[];
};

/** The package to install and run. With `http` the server is reached over a port instead of stdio. */
export type PackageSpec = Package & { http?: HttpServing };

/** `integrity` is an SRI string (sha512-…); a mismatch fails the install. */
type Package =
  | { runtime: 'npm'; name: string; version: string; integrity?: string; bin?: string }
  /** `hashes`: SHA-256, hexadecimal, of every file of the version; none where its index gives none. */
  | ({ runtime: 'pypi'; name: string; version: string; hashes?: string[]; bin?: string } & PythonOptions)
  /**
   * A git repository pinned to a full commit id, installed as `npx github:…`, `uvx --from git+…`, `go install` or
   * `cargo install --git` would. `bin` is the command; for Go the folder of its main package, below `subfolder`.
   */
  | ({
      runtime: 'git';
      installer: 'npm' | 'pypi' | CompilerName;
      url: string;
      commit: string;
      subfolder?: string;
      bin?: string;
    } & PythonOptions)
  /** A package tarball on the host's own disk (local machines only); folders are packed before they get here. */
  | { runtime: 'archive'; path: string; integrity: string; bin?: string }
  /**
   * A bundle for desktop clients (MCPB): on the host's own disk, at an address, or both. `integrity` is that of the zip
   * file; `entry` is the file in it that `kind` runs.
   */
  | {
      runtime: 'mcpb';
      name: string;
      version: string;
      integrity: string;
      path?: string;
      url?: string;
      kind: 'node' | 'python' | 'binary';
      entry: string;
    }
  /**
   * A container image. `image` is its registry and repository; `digest` that of the manifest for linux/amd64, and `tag` the
   * name by which it was found. The rest is what `docker run` takes from its own command line.
   */
  | {
      runtime: 'oci';
      image: string;
      tag?: string;
      digest: string;
      entrypoint?: string[];
      workingDir?: string;
      /** Absolute paths in the image at which files stay. */
      volumes?: string[];
    }
  /** Any stdio command, run as it is: `catwalk host -- COMMAND ARGS…`. */
  | { runtime: 'command'; command: string; args: string[] }
  /** A server that runs elsewhere. No host runs it: Catwalk relays to `url` with the headers. */
  | { runtime: 'remote'; url: string; headers: RemoteHeader[] }
  /** Several deployments at one address. No host runs it: Catwalk merges their answers. */
  | { runtime: 'bundle' };

/** A header of every request to a remote server. Its value is that of a variable of the deployment. */
export type RemoteHeader = { name: string; variable: string };

/** The installers that build a program with a compiler of the machine. */
export const COMPILERS = ['go', 'cargo'] as const;
export type CompilerName = (typeof COMPILERS)[number];

/** True for a package that a compiler builds from its source. */
export const isCompiled = (spec: PackageSpec): boolean =>
  spec.runtime === 'git' && COMPILERS.some((name) => name === spec.installer);

/** The kinds of packages that a host installs. */
export const RUNTIMES = [
  'npm',
  'pypi',
  'git',
  'archive',
  'mcpb',
  'oci',
  'command',
] as const satisfies PackageSpec['runtime'][];

/** Options of a Python installation, as `uvx 'name[extra]' --with other --python 3.12` has them. */
export type PythonOptions = {
  /** Extras of the package itself. */
  extras?: string[];
  /** Requirements that are installed beside the package. */
  with?: string[];
  /** The version of Python, such as 3.12. Only uv can provide another one than that of the machine. */
  python?: string;
};

/** The registry in the name of an image: `ghcr.io` of `ghcr.io/owner/name`. */
export const registryOfImage = (image: string): string => image.split('/', 1)[0] ?? image;
