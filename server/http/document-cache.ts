import type { DocumentNode } from 'graphql';

/** All documents of the dashboard together have a tenth of it. A parsed document takes some 40 bytes a character. */
const CHARACTERS_MAX = 400_000;

/** Parsed documents by their text, those used last, within a bounded number of characters. */
export function createDocumentCache(charactersMax = CHARACTERS_MAX) {
  const documents = new Map<string, DocumentNode>();
  let characters = 0;
  const remove = (text: string) => {
    if (documents.delete(text)) characters -= text.length;
  };
  return {
    get: (text: string): DocumentNode | undefined => {
      const document = documents.get(text);
      if (document === undefined) return undefined;
      documents.delete(text);
      documents.set(text, document); // the last one is the one used last
      return document;
    },
    set: (text: string, document: DocumentNode): void => {
      if (text.length > charactersMax / 4) return; // it would push out all others
      remove(text);
      documents.set(text, document);
      characters += text.length;
      for (const oldest of documents.keys()) {
        if (characters <= charactersMax) break;
        remove(oldest);
      }
    },
  };
}
