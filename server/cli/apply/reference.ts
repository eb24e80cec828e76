const REFERENCE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/** How the server shows a value that it does not reveal; sent back, the value stays. */
export const HIDDEN = '••••••';

/** The environment variable that a value like `${NAME}` names; null for every other text. */
export const variableOf = (text: string): string | null => REFERENCE.exec(text)?.[1] ?? null;

export const referenceTo = (variable: string): string => `\${${variable}}`;

/** A text of a file: itself, or the value of the variable that it names; undefined if that is not set. */
export function resolveText(text: string, env: NodeJS.ProcessEnv): string | undefined {
  const variable = variableOf(text);
  return variable === null ? text : env[variable] || undefined;
}
