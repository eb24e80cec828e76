import { VIEW_WANTED_HEADER } from '../view-contract.ts';

export const VIEW_WANTED = { [VIEW_WANTED_HEADER]: '1' };

/** The rules of a view were never given, or forgotten: nothing was begun, and the request can be sent again. */
export class ViewWantedError extends Error {
  override readonly name = 'ViewWantedError';

  constructor() {
    super('The rules of the view are wanted first.');
  }
}
