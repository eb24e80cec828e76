import '@mantine/notifications/styles.css';
import { Notifications } from '@mantine/notifications';

/** Where short messages appear: below the thumb on a phone, out of the way on a desk. */
export default function Notices() {
  return <Notifications position="bottom-right" autoClose={6_000} />;
}
