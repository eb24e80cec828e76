import { useMutation } from '@apollo/client/react';

import { payloadOf } from '../../apollo/payload.ts';
import { graphql } from '../../generated/index.ts';
import { notifyDone, notifyProblem } from '../../ui/feedback/notify.ts';

const SendTestAlertDocument = graphql(`
  mutation SendTestAlert {
    sendTestAlert {
      __typename
      ...Problem_error
    }
  }
`);

/** Sends a test to the receiver of alerts, and says whether it arrived. */
export function useSendTestAlert() {
  const [mutate, { loading: sending }] = useMutation(SendTestAlertDocument);
  const send = async () => {
    const { problem } = await payloadOf('Settings', async () => (await mutate()).data?.sendTestAlert);
    if (problem) notifyProblem(problem);
    else notifyDone('The test arrived.');
  };
  return { send, sending };
}
