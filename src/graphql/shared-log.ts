import { Extensions } from 'type-graphql';

/** Events in their order, and the place up to which there are no others; without events where only that has moved. */
export interface Batch<Event, Place> {
  readonly events: readonly Event[];
  readonly place: Place;
}

/** An ordered log of events that many subscriptions read, each from a place of its own. */
export interface SharedLog<Event, Place> {
  /** The events after a place, oldest first; fewer than `limit` only where there are no more yet. */
  read(after: Place, limit: number): Promise<readonly Event[]>;
  /** Every event after `from`, in bounded batches that are read as they are asked for. */
  follow(): { readonly from: Place; readonly batches: AsyncIterableIterator<Batch<Event, Place>> };
  placeOf(event: Event): Place;
  /** The same for equal places. */
  nameOf(place: Place): string;
  isAfter(a: Place, b: Place): boolean;
  /** Throws where nobody can know whether everything between two places was kept. */
  requireUnbroken(from: Place, to: Place): void;
}

/** Which events a subscriber may see. Equal keys mean equal answers, for one and the same operation. */
export interface Audience<Event> {
  readonly key: string;
  concerns(event: Event): boolean;
}

/** What the `subscribe` of a grouped subscription field gives: where to begin, and what to leave out. */
export class SharedEvents<Event, Place> implements AsyncIterable<Event> {
  constructor(
    readonly log: SharedLog<Event, Place>,
    readonly from: Place,
    readonly audience: Audience<Event>,
  ) {}

  [Symbol.asyncIterator](): never {
    throw new Error('A grouped subscription is read by its group (GroupedSubscriptions), not by itself.');
  }
}

/**
 * On a subscription field whose `subscribe` gives SharedEvents: equal subscriptions share one execution per event.
 * `beginArguments` only say where a subscriber begins, so subscriptions that differ in them are equal.
 */
export const Grouped = (...beginArguments: string[]): MethodDecorator & PropertyDecorator =>
  Extensions({ grouped: beginArguments });
