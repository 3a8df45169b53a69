/**
 * What was read before the locks is not what is there under them. Carries the code of Postgres's own serialization
 * failure, so that the transaction is begun anew.
 */
export class ChangedMeanwhileError extends Error {
  override readonly name = 'ChangedMeanwhileError';
  readonly code = '40001';

  constructor() {
    super('The connection changed while it was being locked.');
  }
}

/** Takes a disconnect back that was to be refused for what is queued. */
export class StillQueuedError extends Error {
  override readonly name = 'StillQueuedError';

  constructor(readonly count: number) {
    super('Notifications are still queued on what was to be disconnected.');
  }
}
