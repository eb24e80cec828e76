/** A server whose name is like the text that was pasted; `source` is the text to analyze. */
export type Suggestion = {
  source: string;
  name: string;
  description: string | null;
  origin: 'MCP_REGISTRY' | 'NPM';
};

/** Searches one list of servers for words. It may fail: then the other lists answer alone. */
export type Suggester = (words: string, signal: AbortSignal) => Promise<Suggestion[]>;
