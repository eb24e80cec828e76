const HUES = 8;
const SHAPES = 4;
/** Words that stand in most names and would give most servers the same letter. */
const COMMON = new Set(['mcp', 'server', 'modelcontextprotocol', 'the', 'io', 'com', 'github']);

/** What is drawn for a server without an icon: it follows from the name alone. */
export type ServerDrawing = { letter: string; hue: number; shape: number };

export function drawingOf(name: string): ServerDrawing {
  const hash = hashOf(name);
  return { letter: letterOf(name), hue: hash % HUES, shape: Math.floor(hash / HUES) % SHAPES };
}

/** FNV-1a over UTF-16 units: names that differ in a digit get other drawings. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** The first letter of the first word that tells the server from others, without the scope of the package. */
function letterOf(name: string): string {
  const words = (name.split('/').at(-1) ?? '').split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const word = words.find((one) => !COMMON.has(one.toLowerCase())) ?? words[0] ?? '?';
  return (/./u.exec(word)?.[0] ?? '?').toUpperCase();
}
