/**
 * Test files that hold the behavior of a folder and lie outside of it. Others load it as well, as a part of the whole
 * server: they would take minutes for each mutant.
 */
const ELSEWHERE: Record<string, readonly string[]> = {
  'server/domain/oauth': ['tests/oauth/{consent,discovery,registration,tokens,client-documents}.integration.test.ts'],
  'server/domain/deployments': ['schema/deployment/*.integration.test.ts'],
};

/** Globs of the test files elsewhere that belong to a file or folder. */
export const testsElsewhere = (target: string): readonly string[] =>
  Object.entries(ELSEWHERE).flatMap(([folder, globs]) =>
    target === folder || target.startsWith(`${folder}/`) ? globs : [],
  );
