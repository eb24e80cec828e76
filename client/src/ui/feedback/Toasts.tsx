import '@mantine/notifications/styles.css';
import { Notifications } from '@mantine/notifications';

/** Shows toasts in the corner: below the thumb on a phone, out of the way on a desk. */
export default function Toasts() {
  return <Notifications position="bottom-right" autoClose={6_000} />;
}
