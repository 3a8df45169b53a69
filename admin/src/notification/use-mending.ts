import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import {
  CancelNotificationDocument,
  NotificationDetailDocument,
  ResendNotificationDocument,
  ResolveUnconfirmedDocument,
  type UserErrorPartsFragment,
} from '../../generated/graphql.ts';

interface Mending {
  readonly cancel: () => Promise<boolean>;
  /** Answers with the new notification's id. */
  readonly resend: (reason: string) => Promise<string | undefined>;
  readonly resolve: (messageIsThere: boolean) => Promise<boolean>;
  readonly busy: boolean;
  readonly errors: readonly UserErrorPartsFragment[];
  readonly error: unknown;
}

/** What a person can do about one notification. */
export function useMending(id: string): Mending {
  const options = {
    refetchQueries: [{ query: NotificationDetailDocument, variables: { id } }],
    awaitRefetchQueries: true,
  };
  const [runCancel, canceling] = useMutation(CancelNotificationDocument, options);
  const [runResend, resending] = useMutation(ResendNotificationDocument, options);
  const [runResolve, resolving] = useMutation(ResolveUnconfirmedDocument, options);
  const [errors, setErrors] = useState<readonly UserErrorPartsFragment[]>([]);
  const take = <Payload extends { userErrors: UserErrorPartsFragment[] }>(
    payload: Payload | undefined,
  ): Payload | undefined => {
    setErrors(payload?.userErrors ?? []);
    return payload && payload.userErrors.length === 0 ? payload : undefined;
  };
  return {
    cancel: async () => {
      const answer = await runCancel({ variables: { input: { id } } }).catch(() => undefined);
      return take(answer?.data?.cancelNotification) !== undefined;
    },
    resend: async (reason) => {
      const input = reason === '' ? { id } : { id, reason };
      const answer = await runResend({ variables: { input } }).catch(() => undefined);
      return take(answer?.data?.resendNotification)?.notification?.id;
    },
    resolve: async (messageIsThere) => {
      const answer = await runResolve({ variables: { input: { id, messageIsThere } } }).catch(() => undefined);
      return take(answer?.data?.resolveUnconfirmed) !== undefined;
    },
    busy: canceling.loading || resending.loading || resolving.loading,
    errors,
    error: canceling.error ?? resending.error ?? resolving.error,
  };
}
