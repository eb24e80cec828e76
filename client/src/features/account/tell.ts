import { notifications } from '@mantine/notifications';

/** Says that something is done. */
export const tell = (title: string) => notifications.show({ title, message: '' });
