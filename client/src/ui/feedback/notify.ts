import { notifications } from '@mantine/notifications';

/** Shows a toast about something that is done. */
export const notifyDone = (message: string): void => {
  notifications.show({ message });
};

/** Shows a toast about a problem, with what to do about it. */
export const notifyProblem = ({ message, hint }: { message: string; hint?: string | null | undefined }): void => {
  notifications.show({ color: 'red', title: message, message: hint ?? '' });
};
