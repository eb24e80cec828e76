import { useQuery } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';

const MachineCostsDocument = graphql(`
  query MachineCosts($region: String, $processor: String) {
    machineSizes {
      memoryMb
      isDefault
      monthlyCost(region: $region, processor: $processor) {
        alwaysOn
        withSleep
        currency
      }
    }
  }
`);

type Machine = { memoryMb: number | null; processor: string | null; region: string | null };

/** Returns the cost of a machine; null for a part of it is the default. Null while it loads. */
export function useMonthlyCost({ memoryMb, processor, region }: Machine) {
  const { data, previousData } = useQuery(MachineCostsDocument, {
    variables: { region, processor },
    fetchPolicy: 'cache-first',
  });
  const sizes = (data ?? previousData)?.machineSizes;
  return sizes?.find((size) => (memoryMb === null ? size.isDefault : size.memoryMb === memoryMb))?.monthlyCost ?? null;
}
