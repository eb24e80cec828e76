import { expect, test } from 'vitest';
import { illTypedIn } from './type-check.ts';

test('finds the mutants that the compiler names, each once', () => {
  const output = [
    "server/a.mutant0.ts(1,7): error TS2322: Type 'number' is not assignable to type 'string'.",
    "  Types of property 'b.mutant9.ts(1' are incompatible.",
    "server/a.mutant0.ts(3,1): error TS2304: Cannot find name 'c'.",
    "client/B.mutant12.tsx(1,7): error TS2322: Type 'number' is not assignable to type 'string'.",
  ].join('\n');
  expect(illTypedIn(output)).toEqual([0, 12]);
  expect(illTypedIn('')).toEqual([]);
});
