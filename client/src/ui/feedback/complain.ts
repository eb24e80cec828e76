import { notifications } from '@mantine/notifications';

/** Says that something did not work, and what to do. */
export const complain = ({ message, hint }: { message: string; hint?: string | null | undefined }): void => {
  notifications.show({ color: 'red', title: message, message: hint ?? '' });
};
