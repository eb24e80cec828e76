import type { PublicPage } from '#server/domain/deployments/public-page/read-public-page.ts';

const HEIGHT = 20;
const PADDING = 6;
/** Verdana at 11 px is about so wide a character; `textLength` makes the text fit whatever font is there. */
const CHARACTER_WIDTH = 6.6;
const LABEL = 'MCP';

const widthOf = (text: string): number => Math.round(text.length * CHARACTER_WIDTH) + 2 * PADDING;

/** A badge for README files: the number of tools, or that the server is unavailable. It contains no text of a person. */
export function badgeSvg({ isAvailable, tools }: Pick<PublicPage, 'isAvailable' | 'tools'>): string {
  const count = tools?.length;
  const message = !isAvailable
    ? 'unavailable'
    : count === undefined
      ? 'available'
      : `${count} ${count === 1 ? 'tool' : 'tools'}`;
  const [left, right] = [widthOf(LABEL), widthOf(message)];
  const text = (word: string, x: number, width: number) =>
    `<text x="${x + PADDING}" y="14" textLength="${width - 2 * PADDING}">${word}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT}" role="img" aria-label="${LABEL}: ${message}">`,
    `<title>${LABEL}: ${message}</title>`,
    `<rect width="${left + right}" height="${HEIGHT}" rx="3" fill="#3b3f46"/>`,
    `<path d="M${left} 0h${right - 3}a3 3 0 0 1 3 3v${HEIGHT - 6}a3 3 0 0 1-3 3H${left}z" fill="${isAvailable ? '#1f7a4d' : '#6b7280'}"/>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`,
    text(LABEL, 0, left),
    text(message, left, right),
    '</g></svg>',
  ].join('');
}
