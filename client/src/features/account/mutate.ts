import { notifications } from '@mantine/notifications';
import type { UserProblem } from '../../apollo/problem.ts';

export const complain = ({ message, hint }: Pick<UserProblem, 'message' | 'hint'>) =>
  notifications.show({ color: 'red', title: message, message: hint ?? '' });

export const tell = (title: string) => notifications.show({ title, message: '' });
