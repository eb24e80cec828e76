import type { EndpointAccess } from '#prisma/generated/client/enums.ts';
import { invalidInput } from '#server/domain/errors.ts';
import type { DeploymentFields } from '../rows/fields.ts';
import { checkPersonalNames } from './personal-form.ts';

export const OWNERS_VALUE_HINT = 'Enter your own value: Catwalk starts the server with it to check the server.';

/** The personal fields of a deployment. Throws INVALID_INPUT where callers cannot have values of their own. */
export function checkPersonal(
  fields: DeploymentFields,
  runtime: string,
  { personalFields = [], access }: { personalFields?: readonly string[] | undefined; access: EndpointAccess },
): string[] {
  const names = checkPersonalNames(fields, personalFields);
  if (names.length === 0) return names;
  if (runtime === 'remote') {
    throw invalidInput(
      'A server that runs elsewhere has no personal fields.',
      [{ field: 'personalFields', message: 'Not for remote servers.' }],
      'Deploy a package of the server, or connect clients to the remote server directly.',
    );
  }
  if (access === 'PUBLIC') {
    throw invalidInput(
      'A public endpoint has no personal fields: it does not know who calls.',
      [{ field: 'access', message: 'Choose OAuth or tokens.' }],
      'Choose OAuth, or access tokens that carry values.',
    );
  }
  return names;
}
