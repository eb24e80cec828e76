/** The words of one of our own commands: plain words, and words in quotation marks of either kind. */
export function splitShellWords(command: string): string[] {
  const words = command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
  return [...words].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
}
