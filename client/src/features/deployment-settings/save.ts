import { notifications } from '@mantine/notifications';
import type { UpdateDeploymentInput } from '../../generated/graphql.ts';
import { useIntent } from '../deployments/intent.ts';
import { UpdateDeploymentDocument } from '../deployments/intents.ts';

export type Save = (patch: Omit<UpdateDeploymentInput, 'id'>, done: string) => Promise<boolean>;

/** Changes a deployment and says so; a problem is shown. Whether it worked. */
export function useSave(id: string): [Save, boolean] {
  const [update, saving] = useIntent(UpdateDeploymentDocument);
  const save: Save = async (patch, done) => {
    const problem = await update({ input: { id, ...patch } });
    if (!problem) notifications.show({ message: done });
    return !problem;
  };
  return [save, saving];
}

/** What every change that needs a new release has to say. */
export const RELEASE_NOTE =
  'This makes a new release, which serves once it has answered. What the server keeps on its disk does not survive it.';

/** What sleeping may cost, besides nothing. */
export const SLEEP_NOTE =
  'It wakes with its memory and disk as they were, unless they cannot be kept: then it starts cold, with an empty disk.';
