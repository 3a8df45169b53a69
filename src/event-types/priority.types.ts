import { describedEnum } from '../graphql/described-enum.ts';

export const Priority = describedEnum(
  'Priority',
  'Which of the messages waiting in one channel goes first; within one priority, in order.',
  {
    LOW: 'After everything else in its channel.',
    NORMAL: 'The default.',
    HIGH: 'Before normal ones.',
    URGENT: 'Before all others in its channel.',
  },
);
export type Priority = keyof typeof Priority;
