import { TopLevelError } from '../platform/top-level-error.ts';

/** For the parts of the API that are declared before they are built. */
export const notImplemented = (operation: string): TopLevelError =>
  new TopLevelError(
    'NOT_IMPLEMENTED',
    `${operation} is not available yet: this version of the server does not have it.`,
  );
