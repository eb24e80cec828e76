import type { Missing } from '../contract.ts';

/** `--api-key`, upper-case words with an underscore, and names that stand beside `env`. */
const FLAG = /(?<![\w-])--[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*(?![\w-])/gi;
const VARIABLE = /(?<![\w$.-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w-])/g;
const ENVIRONMENT =
  /(?:process\.env\.|process\.env\[["']|import\.meta\.env\.|os\.environ(?:\.get\()?\[?["']|getenv\(["']|\$env:|(?<![=\w])\$\{?)([A-Za-z_]\w{1,79})/g;
const NAMED =
  /\benv(?:ironment)?(?:[ -]?var(?:iable)?s?)?:?\s{1,4}(?:named\s|called\s)?["'`]?([A-Z][A-Z0-9_]{2,79})\b|["'`]?\b([A-Z][A-Z0-9_]{2,79})["'`]?\s{1,4}env(?:ironment)?(?:[ -]?var(?:iable)?)?\b/g;

/** Upper-case words that programs print without asking for them: codes of errors, settings of the runtime. */
const NOT_A_VARIABLE =
  /^(?:ERR_|UV_|E_|MISSING_|INVALID_|UNKNOWN_|NOT_|UNABLE_|SELF_SIGNED_|DEP_|JSON_RPC|NODE_(?:ENV|OPTIONS|PATH|MODULE_VERSION)$|MODULE_NOT_FOUND$|STDIN$|STDOUT$|STDERR$|README$|JSON$|HTTP$|HTTPS$|MCP$|API$|URL$|ERROR$|FATAL$|WARNING$|INFO$|VARIABLES?$|NAME$|PATH$|HOME$)/;
const CODE_BEFORE = /\bcode["']?\s*[:=]\s*["']?$|\[$/i;
const FLAG_OF_THE_RUNTIME = /^--(?:help|version|trace-\w[\w-]*|inspect\S*|verbose|debug|experimental-\w[\w-]*)$/i;

export const variable = (name: string): Missing => ({ kind: 'variable', name });

/** `--api-key` is the flag of the argument `api-key`; a place has a name alone. */
export const argument = (flag: string): Missing =>
  flag.startsWith('-')
    ? { kind: 'argument', flag, name: flag.replace(/^-+/, '') }
    : { kind: 'argument', flag: null, name: flag };

/** `apiKey` and `api-key` as a variable would be called: API_KEY. */
const upperName = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-.\s]/g, '_')
    .toUpperCase();

/**
 * The variable behind the name of a setting, as validators print it: the name itself, else the one known variable that
 * ends with it, else the name in the spelling of variables. Null for a name that is not a setting.
 */
export const variableOf = (setting: string, known: readonly string[]): string | null => {
  if (known.includes(setting)) return setting;
  const upper = upperName(setting);
  if (!/^[A-Z][A-Z0-9_]{1,79}$/.test(upper)) return null;
  const [alike, ...more] = known.filter((name) => name === upper || name.endsWith(`_${upper}`));
  return alike !== undefined && more.length === 0 ? alike : upper;
};

/** Finds a name that stands alone; -1 if there is none. */
const findWord = (text: string, name: string): number => {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + name.length] ?? ' '}`;
    if (!/[\w-]/.test(around)) return at;
  }
  return -1;
};

/** Names of variables and flags in a text, in order, each once. */
export const namesIn = (text: string, known: readonly string[]): Missing[] => {
  const found: { at: number; missing: Missing }[] = [];
  const add = (at: number, name: string | undefined) => {
    if (name === undefined) return;
    const isKnown = known.includes(name);
    if (!isKnown && (NOT_A_VARIABLE.test(name) || CODE_BEFORE.test(text.slice(Math.max(0, at - 12), at)))) return;
    found.push({ at, missing: variable(name) });
  };
  for (const match of text.matchAll(VARIABLE)) add(match.index, match[0]);
  for (const match of text.matchAll(ENVIRONMENT))
    add(match.index + match[0].length - (match[1]?.length ?? 0), match[1]);
  for (const match of text.matchAll(NAMED)) add(match.index, match[1] ?? match[2]);
  for (const name of known) {
    const at = findWord(text, name);
    if (at !== -1) add(at, name);
  }
  for (const match of text.matchAll(FLAG))
    if (!FLAG_OF_THE_RUNTIME.test(match[0])) found.push({ at: match.index, missing: argument(match[0]) });
  const seen = new Set<string>();
  return found
    .sort((a, b) => a.at - b.at)
    .map(({ missing }) => missing)
    .filter((missing) => !seen.has(keyOf(missing)) && seen.add(keyOf(missing)));
};

export const keyOf = (missing: Missing): string =>
  missing.kind === 'variable' ? missing.name : (missing.flag ?? `<${missing.name}>`);
