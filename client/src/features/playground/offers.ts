import { isObject } from '../schema-form/node.ts';

/** What a server offers, as its handshake or a session of the playground lists it. */
export type Listing = {
  tools: readonly { name: string; title?: Words; description?: Words; inputSchema?: unknown }[];
  prompts: readonly { name: string; title?: Words; description?: Words; arguments?: unknown }[];
  resources: readonly {
    uri: string;
    name: string;
    description?: Words;
    mimeType?: Words;
    /** `uri` is a URI template. */
    template: boolean;
  }[];
};
type Words = string | null | undefined;

export const KINDS = ['tool', 'prompt', 'resource'] as const;
export type OfferKind = (typeof KINDS)[number];

/** One thing that can be asked of a server. */
export type Offer = {
  kind: OfferKind;
  /** What a request names: the name of a tool or prompt, the URI or URI template of a resource. */
  name: string;
  title: string | null;
  description: string | null;
  /** What it takes: JSON Schema of an object. */
  schema: unknown;
  /** `name` is a URI template, which what it takes makes an address. */
  template: boolean;
};

export type Asked = Pick<Offer, 'kind' | 'name' | 'template'> & { args: Record<string, unknown> };

export function offersOf({ tools, prompts, resources }: Listing): Offer[] {
  return [
    ...tools.map(({ name, title = null, description = null, inputSchema }): Offer => {
      return { kind: 'tool', name, title, description, schema: inputSchema, template: false };
    }),
    ...prompts.map(({ name, title = null, description = null, arguments: taken }): Offer => {
      return { kind: 'prompt', name, title, description, schema: promptSchema(taken), template: false };
    }),
    ...resources.map(({ uri, name, description, mimeType, template }): Offer => {
      const about = [description, mimeType].filter(Boolean).join('\n');
      const schema = uriSchema(template ? uri : '');
      return {
        kind: 'resource',
        name: uri,
        title: name === uri ? null : name,
        description: about || null,
        schema,
        template,
      };
    }),
  ];
}

/** A resource that no list names, such as one that a tool's result points to. */
export const unlistedResource = (uri: string): Offer => ({
  kind: 'resource',
  name: uri,
  title: null,
  description: null,
  schema: uriSchema(''),
  template: false,
});

/** Arguments of prompts are texts: a name, what it means, whether it must be given. */
export function promptSchema(taken: unknown): unknown {
  const known = (Array.isArray(taken) ? taken : []).filter(isObject).filter(({ name }) => typeof name === 'string');
  return {
    type: 'object',
    properties: Object.fromEntries(
      known.map(({ name, title, description }) => [name, { type: 'string', title, description }]),
    ),
    required: known.filter(({ required }) => required === true).map(({ name }) => name),
  };
}

/** The variables of a URI template (RFC 6570) as texts. One that is left out leaves its place empty. */
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
