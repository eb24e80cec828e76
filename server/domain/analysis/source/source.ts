import type { ImageReference } from '#deploy/host/images/image-reference.ts';
import type { Launch } from './launch.ts';

/** The meaning of a pasted text. `normalized` is the cache key: two texts that mean the same share it. */
export type Source = { normalized: string } & (
  | { kind: 'npm'; name: string; version: string | null }
  | { kind: 'pypi'; name: string; version: string | null; extras: string[] }
  /** `treePath` is what follows `/tree/`: a ref, which may hold slashes, and perhaps a folder. */
  | { kind: 'github'; owner: string; repo: string; ref: string | null; treePath: string | null }
  | { kind: 'registry'; name: string }
  /** A name as people say it, such as “github mcp”: no package has it. */
  | { kind: 'search'; words: string }
  /** A server that runs at this address. */
  | { kind: 'remote'; url: string }
  | { kind: 'snippet'; launches: Launch[] }
  | { kind: 'folder'; path: string }
  | { kind: 'archive'; path: string }
  /** A bundle for desktop clients (MCPB): a file of this computer, or at an address. */
  | { kind: 'bundle'; from: { path: string } | { url: string } }
  /** A container image. */
  | { kind: 'image'; reference: ImageReference }
);
