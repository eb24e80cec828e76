/** A text file of a package or repository. Paths use `/` and are relative to its root. */
export type SourceFile = { path: string; text: string };

/** A bounded, readable part of a package or repository. Everything in it was written by strangers. */
export type FileSet = {
  files: SourceFile[];
  /** Every path that exists, the unread ones included. */
  paths: string[];
  /** Some files that would have been read were left out for their number or size. */
  truncated: boolean;
};

export type FileLimits = { fileBytesMax: number; totalBytesMax: number; filesMax: number; pathsMax: number };

/** Names a server and how it is started: read before all code, so that no server of a large repository is missed. */
const ESSENTIAL =
  /(?:^|\/)(?:package\.json|pyproject\.toml|server\.json|manifest\.json|gemini-extension\.json|fastmcp\.json|go\.mod|cargo\.toml|\.?smithery\.ya?ml|readme\.mdx?|\.mcp\.json|\.env\.example)$/i;
const ESSENTIAL_LIMITS = { filesMax: 2_000, totalBytesMax: 8_000_000 };

/**
 * Files that rarely say how a server is started: a website, a client for browsers, examples, data. They have limits of
 * their own, so that they do not crowd out the code of servers that come later in the alphabet.
 */
const MINOR =
  /(?:^|\/)(?:docs?|examples?|samples?|demos?|website|site|www|frontend|client|ui|assets|public|static|locales?|i18n|benchmarks?|evals?|evaluations?|notebooks?|playground|storybook|\.storybook)\/|\.(?:jsonc?|ya?ml)$/i;
const MINOR_LIMITS = { filesMax: 1_500, totalBytesMax: 5_000_000 };

/** A program that was bundled with its libraries, into a file that is larger than others may be. */
const BUNDLE = /\.[cm]?js$/i;
const BUNDLE_LIMITS = { fileBytesMax: 14_000_000, filesMax: 2, totalBytesMax: 14_000_000 };

export const FILE_LIMITS: FileLimits = {
  fileBytesMax: 3_000_000,
  totalBytesMax: 16_000_000,
  filesMax: 4_000,
  pathsMax: 20_000,
};

const CODE = /\.(?:[cm]?[jt]sx?|py|go|rs)$/i;
const DOCUMENT = /\.(?:json|jsonc|md|mdx|rst|toml|ya?ml)$/i;
const SPECIAL = /^(?:dockerfile(?:\..*)?|\.env\.[\w.-]+|env\.example|readme|go\.mod|\.?smithery\.ya?ml)$/i;
const SKIPPED_FOLDER =
  /(?:^|\/)(?:node_modules|\.git|__tests__|__mocks__|tests?|fixtures|e2e|coverage|\.github|vendor|site-packages)\//i;
const SKIPPED_FILE =
  /(?:\.min\.[cm]?js|\.map|\.d\.[cm]?ts|[.-](?:test|spec)\.[cm]?[jt]sx?|(?:^|\/)test_\w+\.py|_test\.(?:py|go)|(?:^|\/)(?:package-lock|tsconfig[\w.-]*|npm-shrinkwrap)\.json)$/i;

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Code, of which only what runs is worth reading: tests name variables that no user sets. */
export const isCode = (path: string): boolean => CODE.test(path);

/** True for a file that can show how the server is run. */
export function isReadable(path: string): boolean {
  if (SKIPPED_FOLDER.test(path) || SKIPPED_FILE.test(path)) return false;
  return CODE.test(path) || DOCUMENT.test(path) || SPECIAL.test(fileName(path));
}

/** Gathers files up to the limits; what comes too late is left out, and `truncated` says so. */
export function createCollector(limits: FileLimits = FILE_LIMITS) {
  const files: SourceFile[] = [];
  const paths: string[] = [];
  let truncated = false;
  /** The part of the limits that is taken, by the importance of files. */
  const essential = { files: 0, bytes: 0, fileBytesMax: limits.fileBytesMax, ...ESSENTIAL_LIMITS };
  const minor = { files: 0, bytes: 0, fileBytesMax: limits.fileBytesMax, ...MINOR_LIMITS };
  const bundles = { files: 0, bytes: 0, ...BUNDLE_LIMITS };
  const others = {
    files: 0,
    bytes: 0,
    fileBytesMax: limits.fileBytesMax,
    filesMax: limits.filesMax,
    totalBytesMax: limits.totalBytesMax,
  };
  const partOf = (path: string, bytes: number) => {
    if (bytes > limits.fileBytesMax && BUNDLE.test(path)) return bundles;
    return ESSENTIAL.test(path) ? essential : MINOR.test(path) ? minor : others;
  };
  return {
    /** Notes that a path exists; says whether its content is wanted. */
    wants: (path: string, bytes: number): boolean => {
      if (paths.length < limits.pathsMax) paths.push(path);
      if (!isReadable(path)) return false;
      const taken = partOf(path, bytes);
      if (bytes > taken.fileBytesMax || taken.bytes + bytes > taken.totalBytesMax || taken.files >= taken.filesMax) {
        truncated = true;
        return false;
      }
      taken.bytes += bytes;
      taken.files++;
      return true;
    },
    add: (path: string, content: Uint8Array): void => {
      if (content.subarray(0, 1_024).includes(0)) return; // a binary with a readable name
      files.push({ path, text: Buffer.from(content).toString('utf8') });
    },
    result: (): FileSet => ({
      files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
      paths: paths.sort(),
      truncated,
    }),
  };
}

/** Of files above the usual size only the program itself is read: those beside it are libraries, and cost a second each. */
export function withoutOtherBundles(set: FileSet, entry: string | undefined): FileSet {
  const own = entry?.replace(/^\.\//, '');
  const files = set.files.filter(({ path, text }) => text.length <= FILE_LIMITS.fileBytesMax || path === own);
  return files.length === set.files.length ? set : { ...set, files, truncated: true };
}

/** Counted from 1. */
export const lineAt = (text: string, offset: number): number => {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
};
