const QUOTED = /"([^"\n]{1,200})"/g;

/** For each text between double quotes in a document the line where it stands first. */
export function quotedLines(content: string): (text: string) => number | null {
  let lines: Map<string, number> | null = null;
  return (text) => {
    lines ??= firstLines(content);
    return lines.get(text) ?? null;
  };
}

function firstLines(content: string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const [at, line] of content.split('\n').entries()) {
    for (const [, text = ''] of line.matchAll(QUOTED)) {
      if (!lines.has(text)) lines.set(text, at + 1);
      // `"NAME=value"` is about NAME too
      const name = text.split('=', 1)[0] ?? '';
      if (!lines.has(name)) lines.set(name, at + 1);
    }
  }
  return lines;
}
