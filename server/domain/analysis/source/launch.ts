import type { GitTarget, NpmTarget, PypiTarget } from './package-target.ts';
import type { RemoteHeaders } from './remote-headers.ts';

/** One entry of an `mcpServers` block, a TOML table, or a command line: a way to start a server. */
export type Launch = {
  name: string | null;
  command: string | null;
  args: string[];
  /** Values are null where the writer names a variable without one. */
  env: Record<string, string | null>;
  url: string | null;
  /** Headers for the address, if the entry gives some. */
  headers?: RemoteHeaders;
  /** Questions of the whole file that `${input:id}` refers to. */
  inputs?: LaunchInput[];
};

/** An entry of `inputs`, as VS Code asks for it. */
export type LaunchInput = {
  id: string;
  description: string | null;
  isSecret: boolean;
  default: string | null;
  choices: string[];
};

/** The thing that a launch runs. `args` are those of the server itself, after its own name. */
export type LaunchTarget =
  | NpmTarget
  | PypiTarget
  | GitTarget
  /** Without standard input, `docker run` starts something else: an HTTP mode, a database, a collector. */
  | {
      kind: 'oci';
      image: string;
      env: string[];
      /** Values of `-e NAME=value`; null for a bare `-e NAME`, which takes the value from the launch's environment. */
      values: Record<string, string | null>;
      args: string[];
      hasInput: boolean;
      /** Null: that of the image. */
      entrypoint: string | null;
      workingDir: string | null;
      /** `name:/path` and `/folder:/path`, as `-v` takes them. */
      mounts: string[];
    }
  | { kind: 'remote'; url: string; headers?: RemoteHeaders }
  /** A program that has to be on the computer already: a build of the checkout, a binary, a script. */
  | { kind: 'local'; command: string; args: string[] };
