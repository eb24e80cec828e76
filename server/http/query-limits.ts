import {
  type ASTVisitor,
  GraphQLError,
  getNamedType,
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

type Weight = { cost: number; depth: number };
const TOO_MUCH: Weight = { cost: Number.POSITIVE_INFINITY, depth: 0 };

/**
 * A validation rule: how deep a document may go, and how much it may ask for. Introspection is bounded by the schema
 * itself and not counted.
 */
export function queryLimits(context: ValidationContext): ASTVisitor {
  const pageSizes = new Map<SelectionSetNode, number>();
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
      else if (!selection.name.value.startsWith('__')) {
        const inner = weigh(selection.selectionSet);
        const times = (selection.selectionSet && pageSizes.get(selection.selectionSet)) ?? 1;
        add({ cost: 1 + times * inner.cost, depth: inner.depth }, 1);
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
            const type = getNamedType(types.getType());
            if (!field.selectionSet || !isObjectType(type) || !type.name.endsWith('Connection')) return;
            const size = field.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last')?.value;
            pageSizes.set(field.selectionSet, pageSize(size));
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

/** Variables are not known when a document is validated: they count as the largest page there is. */
const pageSize = (size: ValueNode | undefined): number => {
  if (size === undefined) return DEFAULT_PAGE;
  return size.kind === Kind.INT ? Math.min(Number(size.value), LARGEST_PAGE) : LARGEST_PAGE;
};

const refusal = (message: string) => new GraphQLError(message, { extensions: { code: 'LIMIT_REACHED' } });
