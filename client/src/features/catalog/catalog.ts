import { graphql } from '../../generated/index.ts';

/** Where and how large a machine can be: the parts of a choice. */
export const MachineSizeFragment = graphql(`
  fragment SizeSelect_size on MachineSize {
    memoryMb
    name
    isDefault
    monthlyCost {
      alwaysOn
      withSleep
      currency
    }
  }
`);

export const RegionFragment = graphql(`
  fragment RegionSelect_region on Region {
    code
    name
  }
`);
