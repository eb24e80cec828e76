import type { RouteMember } from '../route.ts';
import { isId, type Message, recordIn } from './messages.ts';
import { toShownId } from './names.ts';

/** The URIs that clients use for resources of a member, by the member's own; absent where they are the same. */
export type ShownUris = (member: RouteMember, uri: string) => string;

const withParams = (message: Message, changes: Message): Message => ({
  ...message,
  params: { ...recordIn(message, 'params'), ...changes },
});

/** A question of a member to the client: ids and progress tokens of two members may be the same. */
function questionToClient(member: RouteMember, message: Message): Message {
  const shown = isId(message['id']) ? { ...message, id: toShownId(member, message['id']) } : message;
  const meta = recordIn(recordIn(message, 'params'), '_meta');
  const { progressToken } = meta;
  return isId(progressToken)
    ? withParams(shown, { _meta: { ...meta, progressToken: toShownId(member, progressToken) } })
    : shown;
}

/** A message of a member as clients of the bundle get it. Answers and progress keep the ids that the client chose. */
export function toClient(member: RouteMember, message: Message, shownUri: ShownUris): Message {
  const { method, id } = message;
  if (method === undefined) return withShownContents(member, message, shownUri);
  if (id !== undefined) return questionToClient(member, message);
  const params = recordIn(message, 'params');
  switch (method) {
    case 'notifications/resources/updated':
      return typeof params['uri'] === 'string'
        ? withParams(message, { uri: shownUri(member, params['uri']) })
        : message;
    case 'notifications/message': {
      const { logger } = params;
      const own = typeof logger === 'string' && logger !== '' ? `/${logger}` : '';
      return withParams(message, { logger: member.prefix + own });
    }
    case 'notifications/cancelled':
      return isId(params['requestId'])
        ? withParams(message, { requestId: toShownId(member, params['requestId']) })
        : message;
    default:
      return message;
  }
}

/** The answer to `resources/read` names the resource as the client did. */
function withShownContents(member: RouteMember, message: Message, shownUri: ShownUris): Message {
  const { contents } = recordIn(message, 'result');
  if (!Array.isArray(contents)) return message;
  const shown = (contents as unknown[]).map((one) => {
    const item = recordIn({ one }, 'one');
    return typeof item['uri'] === 'string' ? { ...item, uri: shownUri(member, item['uri']) } : one;
  });
  return { ...message, result: { ...recordIn(message, 'result'), contents: shown } };
}
