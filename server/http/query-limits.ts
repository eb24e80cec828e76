import {
  type ASTVisitor,
  type FieldNode,
  GraphQLError,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  type ValidationContext,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

export const DEPTH_MAX = 15;
/** Fields that a document may ask for, fragments counted each time they are spread and pages by their size. */
export const COST_MAX = 20_000;
const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 200;
const DEFAULT_TAIL = 200;
const LARGEST_TAIL = 5_000;
/** A whole schema is large, and may be requested under many aliases, by a signed-out client. */
const INTROSPECTION_COST = 4_000;

/** Each field of the query type is a request to the database, at least. */
const ROOT_COST = 50;
/** Fields for which more is done than reading some columns. */
const COSTS: ReadonlyMap<string, number> = new Map([
  ['Query.diagnose', 2_000], // calls the endpoint, for up to a minute
  ['Query.registryServers', 200],
  ['Analysis.pastedSecrets', 2_000], // reads a text of 64 kB as often as it has servers
  ['ServerCandidate.pastedValues', 1_000],
  ['Deployment.data', 100], // looks at each file
  ['Deployment.sleep', 50], // adds up a week
]);

type Weight = { cost: number; depth: number };
const TOO_MUCH: Weight = { cost: Number.POSITIVE_INFINITY, depth: 0 };

/**
 * A validation rule: how deep a document may go, and how much it may ask for. How deep introspection goes is bounded by
 * graphql-js itself; each time it is asked for has a fixed cost.
 */
export function queryLimits(context: ValidationContext): ASTVisitor {
  const pageSizes = new Map<SelectionSetNode, number>();
  const costs = new Map<FieldNode, number>();
  const weights = new Map<string, Weight>();
  const open = new Set<string>();

  const weigh = (set: SelectionSetNode | undefined): Weight => {
    let cost = 0;
    let depth = 0;
    const add = (weight: Weight, below: number) => {
      cost += weight.cost;
      depth = Math.max(depth, weight.depth + below);
    };
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.INLINE_FRAGMENT) add(weigh(selection.selectionSet), 0);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) add(weighFragment(selection.name.value), 0);
      else if (selection.name.value === '__typename') continue;
      else if (selection.name.value.startsWith('__')) add({ cost: INTROSPECTION_COST, depth: 0 }, 1);
      else {
        const inner = weigh(selection.selectionSet);
        const times = (selection.selectionSet && pageSizes.get(selection.selectionSet)) ?? 1;
        add({ cost: (costs.get(selection) ?? 1) + times * inner.cost, depth: inner.depth }, 1);
      }
    }
    return { cost, depth };
  };

  const weighFragment = (name: string): Weight => {
    const known = weights.get(name);
    if (known) return known;
    if (open.has(name)) return TOO_MUCH; // a cycle, which another rule reports
    open.add(name);
    const weight = weigh(context.getFragment(name)?.selectionSet);
    open.delete(name);
    weights.set(name, weight);
    return weight;
  };

  return {
    [Kind.DOCUMENT]: (document) => {
      const types = new TypeInfo(context.getSchema());
      visit(
        document,
        visitWithTypeInfo(types, {
          [Kind.FIELD]: (field) => {
            const parent = types.getParentType()?.name;
            costs.set(field, COSTS.get(`${parent}.${field.name.value}`) ?? (parent === 'Query' ? ROOT_COST : 1));
            if (!field.selectionSet) return;
            const argument = (...names: string[]) => field.arguments?.find(({ name }) => names.includes(name.value));
            const type = getNamedType(types.getType());
            if (isObjectType(type) && type.name.endsWith('Connection')) {
              const size = pageSize(argument('first', 'last')?.value, DEFAULT_PAGE, LARGEST_PAGE);
              pageSizes.set(field.selectionSet, size);
            } else if (isListType(getNullableType(types.getType())) && types.getFieldDef()?.args.some(isTail)) {
              pageSizes.set(field.selectionSet, pageSize(argument('tail')?.value, DEFAULT_TAIL, LARGEST_TAIL));
            }
          },
        }),
      );
    },
    [Kind.OPERATION_DEFINITION]: (operation) => {
      const { cost, depth } = weigh(operation.selectionSet);
      if (depth > DEPTH_MAX)
        context.reportError(refusal(`The query is ${depth} levels deep; ${DEPTH_MAX} is the most.`));
      if (cost > COST_MAX) context.reportError(refusal('The query asks for too much at once. Ask for smaller pages.'));
    },
  };
}

const isTail = ({ name }: { name: string }): boolean => name === 'tail';

/** Variables are not known when a document is validated: they count as the largest page there is. */
const pageSize = (size: ValueNode | undefined, byDefault: number, largest: number): number => {
  if (size === undefined) return byDefault;
  if (size.kind !== Kind.INT) return largest;
  return Math.min(Math.max(Number(size.value), 1), largest); // a negative page must not pay for others
};

const refusal = (message: string) => new GraphQLError(message, { extensions: { code: 'LIMIT_REACHED' } });
