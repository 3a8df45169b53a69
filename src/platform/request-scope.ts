import { AsyncLocalStorage } from 'node:async_hooks';

/** What the log lines of one request have in common. */
export interface RequestScope {
  readonly requestId: string;
}

const scopes = new AsyncLocalStorage<RequestScope>();

/** Everything that is logged during `work`, however deep, names the request. */
export const inRequestScope = <T>(scope: RequestScope, work: () => T): T => scopes.run(scope, work);

export const currentRequestScope = (): Partial<RequestScope> => scopes.getStore() ?? {};
