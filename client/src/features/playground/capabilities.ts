import { isObject } from '../schema-form/node.ts';
import { appUriOf, isForApps } from './apps/app-resource.ts';

type OptionalText = string | null | undefined;

/** The tools, prompts and resources of a server, as its handshake or a session of the playground lists them. */
export type CapabilityListing = {
  tools: readonly {
    name: string;
    title?: OptionalText;
    description?: OptionalText;
    inputSchema?: unknown;
    outputSchema?: unknown;
    annotations?: unknown;
    /** Only a session of the playground lists it. */
    _meta?: unknown;
  }[];
  prompts: readonly { name: string; title?: OptionalText; description?: OptionalText; arguments?: unknown }[];
  resources: readonly {
    uri: string;
    name: string;
    description?: OptionalText;
    mimeType?: OptionalText;
    /** `uri` is a URI template. */
    template: boolean;
  }[];
};

export const KINDS = ['tool', 'prompt', 'resource'] as const;
export type CapabilityKind = (typeof KINDS)[number];

/** One tool, prompt or resource that a client can request. */
export type Capability = {
  kind: CapabilityKind;
  /** Identifies it in a request: the name of a tool or prompt, the URI or URI template of a resource. */
  name: string;
  title: string | null;
  description: string | null;
  /** The JSON Schema of its arguments, which is an object schema. */
  schema: unknown;
  /** `name` is a URI template, which the arguments expand. */
  template: boolean;
  /** The JSON Schema of a tool's structured content; null where it has none. */
  outputSchema: unknown;
  /** The server says that the tool can delete or overwrite data. */
  isDestructive: boolean;
  /** The URI of the app that shows the tool's results (MCP Apps); null where it has none. */
  appUri: string | null;
  /** An app of the server may call the tool. */
  isForApps: boolean;
};

/** What only tools have. */
const NO_TOOL = { outputSchema: null, isDestructive: false, appUri: null, isForApps: false } as const;

export type CapabilityRequest = Pick<Capability, 'kind' | 'name' | 'template'> & { args: Record<string, unknown> };

export function capabilitiesOf({ tools, prompts, resources }: CapabilityListing): Capability[] {
  return [
    ...tools.map((tool): Capability => {
      const { name, title = null, description = null, inputSchema, outputSchema = null } = tool;
      const isDestructive = isMarkedDestructive(tool.annotations);
      return {
        kind: 'tool',
        name,
        title,
        description,
        schema: inputSchema,
        template: false,
        outputSchema,
        isDestructive,
        appUri: appUriOf(tool._meta),
        isForApps: isForApps(tool._meta),
      };
    }),
    ...prompts.map(({ name, title = null, description = null, arguments: parameters }): Capability => {
      return {
        kind: 'prompt',
        name,
        title,
        description,
        schema: promptSchema(parameters),
        template: false,
        ...NO_TOOL,
      };
    }),
    ...resources.map(({ uri, name, description, mimeType, template }): Capability => {
      const about = [description, mimeType].filter(Boolean).join('\n');
      return {
        kind: 'resource',
        name: uri,
        title: name === uri ? null : name,
        description: about || null,
        schema: uriSchema(template ? uri : ''),
        template,
        ...NO_TOOL,
      };
    }),
  ];
}

/** A resource that no list includes, such as one to which a tool's result links. */
export const unlistedResource = (uri: string): Capability => ({
  kind: 'resource',
  name: uri,
  title: null,
  description: null,
  schema: uriSchema(''),
  template: false,
  ...NO_TOOL,
});

/**
 * Tells whether a server marks its tool as destructive. The protocol takes a tool without any mark for destructive too
 * (ToolAnnotations), which would mark nearly every tool: only what a server says itself counts.
 */
const isMarkedDestructive = (annotations: unknown): boolean =>
  isObject(annotations) && annotations['destructiveHint'] === true && annotations['readOnlyHint'] !== true;

/** Makes a schema from the arguments of a prompt, which are texts with a name, a description and a required flag. */
export function promptSchema(parameters: unknown): unknown {
  const known = (Array.isArray(parameters) ? parameters : [])
    .filter(isObject)
    .filter(({ name }) => typeof name === 'string');
  return {
    type: 'object',
    properties: Object.fromEntries(
      known.map(({ name, title, description }) => [name, { type: 'string', title, description }]),
    ),
    required: known.filter(({ required }) => required === true).map(({ name }) => name),
  };
}

/** Makes a schema from the variables of a URI template (RFC 6570), which are optional texts. */
const uriSchema = (template: string): unknown => ({
  type: 'object',
  properties: Object.fromEntries(variablesOf(template).map((name) => [name, { type: 'string' }])),
});

export const variablesOf = (template: string): string[] => [
  ...new Set(
    [...template.matchAll(/\{[+#./;?&]?([^{}]+)\}/g)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.trim().replace(/(\*|:\d+)$/, '')),
    ),
  ),
];
