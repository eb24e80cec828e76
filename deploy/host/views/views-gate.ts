import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuseRequest } from '../bridge/refuse-request.ts';
import { VIEW_HEADER, VIEW_PATH, viewOfPrincipal } from '../view-contract.ts';
import type { HeldViews } from './held-views.ts';
import { VIEW_WANTED, ViewWantedError } from './view-wanted.ts';

export type ViewsGate = (request: IncomingMessage, response: ServerResponse, principal: string) => boolean;

/**
 * True if the request was refused. Stands before everything that may need a child, and before the body is read: a request
 * whose rules are not held can be sent again, since nothing was begun. A path for views takes no caller without one.
 */
export const createViewsGate =
  (views: Pick<HeldViews, 'holds'>): ViewsGate =>
  (request, response, principal) => {
    const view = viewOfPrincipal(principal);
    if (view === null) {
      if (!isViewRequest(request)) return false;
      refuseRequest(request, response, 400, 'This address serves views, and the request names none.');
      return true;
    }
    const revision = Number(request.headers[VIEW_HEADER]);
    if (Number.isInteger(revision) && views.holds(view, revision)) return false;
    refuseRequest(request, response, 428, new ViewWantedError().message, { headers: VIEW_WANTED });
    return true;
  };

const isViewRequest = ({ url = '' }: IncomingMessage): boolean => url.startsWith(`${VIEW_PATH}/`);
