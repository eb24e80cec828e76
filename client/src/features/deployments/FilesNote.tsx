import { useQuery } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';

const FilesNoteDocument = graphql(`
  query FilesNote($id: ID!) {
    deployment(id: $id) {
      id
      data {
        bytes
      }
    }
  }
`);

/** Says what becomes of the files that a server wrote when its machine is replaced. */
export function FilesNote({ id }: { id: string }) {
  const { data } = useQuery(FilesNoteDocument, { variables: { id } });
  if (!data?.deployment) return null;
  return data.deployment.data
    ? 'Files in its HOME (/data) and files it added beside its code are kept.'
    : 'Files that the server wrote to its disk are deleted.';
}
