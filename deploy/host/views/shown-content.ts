import { scanBatch } from '../bridge/json-rpc.ts';
import type { CompiledView } from './compiled-view.ts';
import { type Member, membersIn, rawOf, textOf, toObject, withMember } from './edit-members.ts';

/** The URI that a part of a result gives away; null for other parts. */
const uriOf = (part: readonly Member[]): string | null => {
  const resource = membersIn(rawOf(part, 'resource') ?? '');
  return textOf(part, 'uri') ?? (resource && textOf(resource, 'uri'));
};

const shownParts = (view: CompiledView, array: string): string => {
  const kept = (scanBatch(array) ?? []).filter((part) => {
    const members = membersIn(part);
    const uri = members && uriOf(members);
    return uri === null || view.showsResource(uri);
  });
  return `[${kept.join(',')}]`;
};

const shownMessage = (view: CompiledView, message: string): string | null => {
  const members = membersIn(message);
  const content = members && rawOf(members, 'content');
  if (!members || !content) return message;
  const uri = uriOf(membersIn(content) ?? []);
  if (uri !== null && !view.showsResource(uri)) return null;
  return content[0] === '[' ? toObject(withMember(members, 'content', shownParts(view, content))) : message;
};

/**
 * The result of a tool, a prompt or a read without the resources that the view hides: links to them, and their contents.
 */
export const showContent = (view: CompiledView, result: string): string => {
  if (!view.limitsResources || !result.includes('uri')) return result;
  const members = membersIn(result);
  if (members === null) return result;
  return toObject(
    members.map(({ name, value }) => {
      if ((name === 'content' || name === 'contents') && value[0] === '[')
        return { name, value: shownParts(view, value) };
      if (name !== 'messages') return { name, value };
      const messages = (scanBatch(value) ?? []).flatMap((message) => shownMessage(view, message) ?? []);
      return { name, value: `[${messages.join(',')}]` };
    }),
  );
};
