/** A folder of a repository that may hold a server, as its manifest describes it. */
export type Manifest = {
  /** Null at the root. */
  subfolder: string | null;
  file: string;
  language: 'node' | 'python' | 'go' | 'rust';
  name: string;
  version: string | null;
  description: string | null;
  /** Commands that installing it gives. */
  bins: Record<string, string>;
  isPrivate: boolean;
  /** It depends on something that speaks MCP, or says that it is a server. */
  speaksMcp: boolean;
  saysMcp: boolean;
  /** Installing it from git builds it. */
  buildsItself: boolean;
  /** `os` of package.json. */
  platforms: string[];
};

/** Reports whether one of these texts says that it is about MCP. */
export const says = (...words: (string | undefined)[]): boolean =>
  /\bmcp\b|model context protocol/i.test(words.join(' ').replace(/[-_/@.]/g, ' '));

/** The folder of a file; null for the root. */
export const folderOf = (path: string): string | null =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : null;
