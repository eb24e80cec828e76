import { VALUES_WANTED_HEADER } from '../header-contract.ts';

export const VALUES_WANTED = { [VALUES_WANTED_HEADER]: '1' };

/** The values of a caller were forgotten before a child got its request: nothing was begun, and it can be sent again. */
export class ValuesWantedError extends Error {
  override readonly name = 'ValuesWantedError';

  constructor() {
    super("The caller's own values are wanted first.");
  }
}
