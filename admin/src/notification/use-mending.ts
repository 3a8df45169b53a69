import { useApolloClient } from '@apollo/client/react';
import {
  CancelNotificationDocument,
  NotificationDetailDocument,
  ResendNotificationDocument,
  ResolveUnconfirmedDocument,
} from '../../generated/graphql.ts';
import { done } from '../api/errors.ts';
import { readAfterwards } from '../api/read-afterwards.ts';
import type { Detail } from './use-notification.ts';

interface Mending {
  /** Answers with the status that it has now. */
  readonly cancel: () => Promise<Detail['status'] | undefined>;
  /** Answers with the new notification's id. */
  readonly resend: (reason: string) => Promise<string | undefined>;
  readonly resolve: (messageIsThere: boolean) => Promise<void>;
}

/** What a person can do about one notification. Each rejects where it was not done. */
export function useMending(id: string): Mending {
  const client = useApolloClient();
  const readAgain = () => readAfterwards(client, [{ query: NotificationDetailDocument, variables: { id } }]);
  return {
    cancel: async () => {
      const variables = { input: { id } };
      const { data } = await client.mutate({ mutation: CancelNotificationDocument, variables });
      await readAgain();
      return done(data?.cancelNotification).notification?.status;
    },
    resend: async (reason) => {
      const variables = { input: reason === '' ? { id } : { id, reason } };
      const { data } = await client.mutate({ mutation: ResendNotificationDocument, variables });
      await readAgain();
      return done(data?.resendNotification).notification?.id;
    },
    resolve: async (messageIsThere) => {
      const variables = { input: { id, messageIsThere } };
      const { data } = await client.mutate({ mutation: ResolveUnconfirmedDocument, variables });
      await readAgain();
      done(data?.resolveUnconfirmed);
    },
  };
}
