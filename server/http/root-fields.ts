import {
  type ExecutionArgs,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** How many fields an operation asks of its root type: every alias counts, and fragments count where they are spread. */
export function countRootFields({
  document,
  operationName,
}: Pick<ExecutionArgs, 'document' | 'operationName'>): number {
  const operation = getOperationAST(document, operationName);
  if (!operation) return 0;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const counts = new Map<string, number>();
  const countIn = ({ selections }: SelectionSetNode): number => {
    let count = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) count += 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) count += countIn(selection.selectionSet);
      else count += countFragment(selection.name.value);
    }
    return count;
  };
  const countFragment = (name: string): number => {
    const known = counts.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const count = fragment ? countIn(fragment.selectionSet) : 0; // validation has refused cycles
    counts.set(name, count);
    return count;
  };
  return countIn(operation.selectionSet);
}

/** Null when the caller of this context may send that many further requests; otherwise the seconds to wait. */
export type LimitFurther = (context: unknown, requests: number) => Promise<number | null>;

/** Counts a mutation as one request for each of its fields: the first was counted when the request came in. */
export const limitMutations = (limit: LimitFurther): Plugin => ({
  onExecute: async ({ args, setResultAndStopExecution }) => {
    if (getOperationAST(args.document, args.operationName)?.operation !== 'mutation') return;
    const further = countRootFields(args) - 1;
    if (further <= 0) return;
    const seconds = await limit(args.contextValue, further);
    if (seconds === null) return;
    const message = `Too many requests: this document has ${further + 1} mutations.`;
    const extensions = { code: 'LIMIT_REACHED', hint: `Send fewer, or wait ${seconds} s.` };
    setResultAndStopExecution({ errors: [new GraphQLError(message, { extensions })] });
  },
});
