/** Adds the words of a subcommand after those that are fixed already, and before the flags. */
export function withMode(fixed: readonly string[], mode: readonly string[]): string[] {
  const firstFlag = fixed.findIndex((word) => word.startsWith('-'));
  const at = firstFlag === -1 ? fixed.length : firstFlag;
  return [...fixed.slice(0, at), ...mode, ...fixed.slice(at)];
}
