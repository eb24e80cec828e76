type Tool = { name: string; inputSchema: unknown; annotations: unknown };

/** Names of tools that say who the caller is: they need a credential that works. */
const IDENTITY = /(?:^|[_-])(?:who_?am_?i|me|self|account|profile|current_?user|viewer|user_?info)(?:$|[_-])/i;
const READING = /(?:^|[_-])(?:list|get|read|search|status|info|ping|health)(?:$|[_-])/i;

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;

/** Declared as reading only, by the server itself, and callable without arguments. */
function isHarmless({ inputSchema, annotations }: Tool): boolean {
  const required = memberOf(inputSchema, 'required');
  return (
    memberOf(annotations, 'readOnlyHint') === true &&
    memberOf(annotations, 'destructiveHint') !== true &&
    (required === undefined || (Array.isArray(required) && required.length === 0))
  );
}

/** `getCurrentUser` becomes `get_Current_User`, so that one pattern reads both spellings. */
const spelled = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

/**
 * The tool by which credentials can be tried: it is declared as read-only and takes no arguments. A tool that says who
 * the caller is comes first. Null where the server has no such tool.
 */
export function findHarmlessTool<T extends Tool>(tools: readonly T[]): T | null {
  const harmless = tools.filter(isHarmless);
  return (
    harmless.find(({ name }) => IDENTITY.test(spelled(name))) ??
    harmless.find(({ name }) => READING.test(spelled(name))) ??
    harmless[0] ??
    null
  );
}
