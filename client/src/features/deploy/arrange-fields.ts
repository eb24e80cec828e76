type Field = {
  name: string;
  kind: string;
  required: boolean;
  advanced: boolean;
  evidence: readonly { kind: string }[];
};
export type CredentialLike = Field & { requirement: string; confidence: string; group?: string | null | undefined };
export type ArgumentLike = Field & {
  positional: boolean;
  requirement?: string;
  flag?: string | null | undefined;
  /** The variable of the same setting, as code proves it. */
  variable?: string | null | undefined;
};

/** One setting as the form shows it: a variable, an argument, or variables of which one is enough. */
export type Setting<Credential, Argument> =
  | { type: 'credential'; key: string; field: Credential; alsoFlag: string | null }
  | { type: 'argument'; key: string; field: Argument; alsoVariable: string | null }
  | { type: 'group'; key: string; fields: readonly Credential[] };

export type Arrangement<Credential, Argument> = Record<Section, Setting<Credential, Argument>[]>;

/** In the order of the form. Advanced settings are folded away. */
export const SECTIONS = ['required', 'usual', 'optional', 'advanced'] as const;
export type Section = (typeof SECTIONS)[number];

type Input<Credential, Argument> = {
  packageName: string;
  credentials: readonly Credential[];
  arguments: readonly Argument[];
  /** The field has a value already, from a draft or a pasted configuration: it is never folded away. */
  isFilled: (id: string) => boolean;
};

export const credentialId = (name: string): string => `credential:${name}`;
export const argumentId = (name: string): string => `argument:${name}`;

/** Sorts the settings: required ones, those usually needed, those in the README's own example, then the others. */
export function arrangeFields<Credential extends CredentialLike, Argument extends ArgumentLike>(
  input: Input<Credential, Argument>,
): Arrangement<Credential, Argument> {
  const { isFilled } = input;
  const twins = findTwins(input);
  const hiddenArguments = new Set<string>();
  const hiddenVariables = new Set<string>();
  for (const { argument, credential } of twins) {
    // The variable is asked for, unless only the argument is required. A value that is there already keeps its field.
    if (argument.required && !credential.required) {
      if (!isFilled(credentialId(credential.name))) hiddenVariables.add(credential.name);
    } else if (!isFilled(argumentId(argument.name))) hiddenArguments.add(argument.name);
  }
  const arranged: Arrangement<Credential, Argument> = { required: [], usual: [], optional: [], advanced: [] };
  for (const field of input.arguments) {
    if (hiddenArguments.has(field.name)) continue;
    const twin = twins.find(({ argument }) => argument === field)?.credential;
    const alsoVariable = twin && hiddenVariables.has(twin.name) ? twin.name : null;
    const section = field.required
      ? 'required'
      : field.requirement === 'LAZY'
        ? 'usual'
        : sectionOf(field, isFilled(argumentId(field.name)));
    arranged[section].push({ type: 'argument', key: argumentId(field.name), field, alsoVariable });
  }
  const done = new Set<string>();
  for (const field of input.credentials) {
    if (hiddenVariables.has(field.name) || done.has(field.name)) continue;
    const members = membersOf(field, input.credentials);
    for (const member of members) done.add(member.name);
    const isRequired = members.some((member) => member.required);
    const isUsual = members.some((member) => member.requirement !== 'OPTIONAL');
    const isAnyFilled = members.some((member) => isFilled(credentialId(member.name)));
    const isUnsure = members.every((member) => member.confidence === 'LOW');
    const least = members.find((member) => !member.advanced) ?? field;
    const section = isRequired
      ? 'required'
      : isUsual
        ? 'usual'
        : isUnsure && !isAnyFilled
          ? 'advanced'
          : sectionOf(least, isAnyFilled);
    const flag = twins.find(({ credential }) => credential === field)?.argument;
    arranged[section].push(
      members.length > 1
        ? { type: 'group', key: `group:${field.group}`, fields: members }
        : {
            type: 'credential',
            key: credentialId(field.name),
            field,
            alsoFlag: flag && hiddenArguments.has(flag.name) ? (flag.flag ?? null) : null,
          },
    );
  }
  arranged.optional.sort((a, b) => Number(isInExample(b)) - Number(isInExample(a)));
  return arranged;
}

const sectionOf = (field: Field, isFilled: boolean): Section => (field.advanced && !isFilled ? 'advanced' : 'optional');

export const membersOf = <Credential extends { name: string; group?: string | null | undefined }>(
  field: Credential,
  all: readonly Credential[],
): Credential[] => (field.group ? all.filter(({ group }) => group === field.group) : [field]);

/** The fields in their order, with the members of a group together. */
export function groupsOf<Field extends { name: string; group?: string | null | undefined }>(
  fields: readonly Field[],
): Field[][] {
  const seen = new Set<Field>();
  return fields.flatMap((field) => {
    if (seen.has(field)) return [];
    const members = membersOf(field, fields);
    for (const member of members) seen.add(member);
    return [members];
  });
}

const isInExample = <Credential extends Field, Argument extends Field>(
  setting: Setting<Credential, Argument>,
): boolean => {
  const fields: readonly Field[] = setting.type === 'group' ? setting.fields : [setting.field];
  return fields.some(({ evidence }) => evidence.some(({ kind }) => kind === 'README' || kind === 'SNIPPET'));
};

/** `--api-key` → `API_KEY`. */
const variableNameOf = (flag: string): string => flag.replace(/^-+/, '').replaceAll('-', '_').toUpperCase();

/**
 * Pairs each flag with the variable for the same setting: as code proves it, by the same name, or the same name after the name of the
 * package, such as `--api-key` and `FIRECRAWL_API_KEY` of firecrawl-mcp.
 */
function findTwins<Credential extends CredentialLike, Argument extends ArgumentLike>(
  input: Input<Credential, Argument>,
): { argument: Argument; credential: Credential }[] {
  const packageWords = new Set(
    input.packageName
      .toUpperCase()
      .split(/[^A-Z0-9]+/)
      .filter(Boolean),
  );
  return input.arguments.flatMap((argument) => {
    if (argument.positional || !argument.flag) return [];
    const proven = input.credentials.find((credential) => credential.name === argument.variable);
    // A group asks for its variables; the flag of one of them would stand apart from it.
    if (proven) return [{ argument, credential: proven }];
    const name = variableNameOf(argument.flag);
    const isTwin = (variable: string) => {
      if (variable === name) return true;
      if (!variable.endsWith(`_${name}`)) return false;
      const prefix = variable.slice(0, -name.length - 1);
      return prefix.split('_').every((word) => packageWords.has(word));
    };
    const found = input.credentials.filter((credential) => !credential.group && isTwin(credential.name));
    const [credential] = found;
    const isOne = credential && found.length === 1 && sameKind(argument.kind, credential.kind);
    // A server that requires both gets both: they are not the same setting.
    return isOne && !(argument.required && credential.required) ? [{ argument, credential }] : [];
  });
}

/** A secret is often read as plain text on one of the two ways. */
const sameKind = (a: string, b: string): boolean => {
  const texts = ['SECRET', 'TEXT'];
  return a === b || (texts.includes(a) && texts.includes(b));
};

/** Tells whether a search finds a setting by its name, label or description. */
export function matchesSearch(
  setting: Setting<
    { name: string; label: string; description?: string | null },
    { name: string; label: string; description?: string | null }
  >,
  search: string,
): boolean {
  const fields = setting.type === 'group' ? setting.fields : [setting.field];
  const text = fields.map(({ name, label, description }) => `${name} ${label} ${description ?? ''}`).join(' ');
  return text.toLowerCase().includes(search.trim().toLowerCase());
}
