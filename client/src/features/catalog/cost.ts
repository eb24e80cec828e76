import { useQuery } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';

const MachineCostsDocument = graphql(`
  query MachineCosts($region: String) {
    machineSizes {
      memoryMb
      isDefault
      monthlyCost(region: $region) {
        alwaysOn
        withSleep
        currency
      }
    }
  }
`);

/** Returns the cost of a machine of a size in a region; null for either is the default. Null while it loads. */
export function useMonthlyCost(memoryMb: number | null, region: string | null) {
  const { data, previousData } = useQuery(MachineCostsDocument, { variables: { region }, fetchPolicy: 'cache-first' });
  const sizes = (data ?? previousData)?.machineSizes;
  return sizes?.find((size) => (memoryMb === null ? size.isDefault : size.memoryMb === memoryMb))?.monthlyCost ?? null;
}
