/** Facts about a server that decide how findings about its variables become fields. */
export type MergeContext = {
  /** The server's own code was read: an example alone does not prove a variable that the code never reads. */
  codeWasRead: boolean;
  /** True when a name stands anywhere in the code. */
  codeMentions: (name: string) => boolean;
  /** The code reads its variables under this name's prefix by itself, this one not. */
  isLeftover: (name: string) => boolean;
  /** The documents of this server name variables: other variables are not for users. */
  isDocumented: boolean;
  /** In a monorepo examples speak of everything: only names that begin with one of these are this server's. */
  ownPrefixes: string[] | null;
  /** Words of the package's name: an undocumented secret that begins with one is the server's own. */
  nameWords: string[];
  /** The code reads documented variables by itself: those that it never names are read by something else. */
  readsDocumented: boolean;
  /** Launch configurations of this server for stdio, as the documents show them. */
  stdioLaunches: number;
  /** One of them at least sets a variable. */
  launchesSetVariables: boolean;
  /** Values that documents and code give variables: a name among them that nothing reads is no variable. */
  isValue: (name: string) => boolean;
};

/** True for a name that begins with a word of the package's name. */
export const isOwnName = (name: string, { nameWords }: MergeContext): boolean =>
  nameWords.some((word) => name.startsWith(word));
