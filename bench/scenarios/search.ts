import { ask } from '../ask.ts';
import { openTeam, type Bed } from '../bed.ts';
import type { Curve, Figure, Plan } from '../figures.ts';
import { quantileOf } from '../ratios.ts';

const QUERY = `query ($identityId: ID!, $search: String, $first: Int!) {
  channels(identityId: $identityId, search: $search, first: $first) {
    nodes { id name type isArchived isMember postable }
    pageInfo { hasNextPage endCursor }
  }
}`;
const FIRST = 50;
const WARM = 30;

/** What somebody types into a field: from one letter to a whole name, and what is not there. */
const termsOf = (channels: number): string[] => [
  'c',
  'ch',
  'channel',
  '9',
  '77',
  `${Math.floor(channels / 2)}`,
  `channel-${channels - 1}`,
  'nel-1',
  'nothing-of-this',
];

/** Search in the channel directory, as the picker of channels does it. */
export const search = async (bed: Bed, { quick }: Plan): Promise<Figure> => {
  const sizes = quick ? [20_000] : [1000, 20_000];
  const points: Curve['points'][number][] = [];
  let last: readonly number[] = [];
  for (const channels of sizes) {
    const world = await bed.world({ env: { HELIOGRAPH_ROLE: 'all' } });
    try {
      const team = await openTeam(world, 'SEARCH', channels);
      const terms = termsOf(channels);
      const search = async (term: string | undefined): Promise<number> => {
        const startedAt = performance.now();
        const variables = { identityId: team.bot.id, search: term, first: FIRST };
        await ask(world.url, team.admin.token, QUERY, variables);
        return performance.now() - startedAt;
      };
      // The first one waits until the directory is whole.
      await search(undefined);
      for (let number = 0; number < WARM; number += 1) await search(terms[number % terms.length]);
      const took: number[] = [];
      for (let number = 0; number < (quick ? 200 : 1000); number += 1)
        took.push(await search(terms[number % terms.length]));
      last = took;
      points.push({ at: channels, values: { 'p50, ms': quantileOf(took, 0.5), 'p95, ms': quantileOf(took, 0.95) } });
    } finally {
      await world.stop();
    }
  }
  const reading = (what: string, share: number, atMost?: number) => ({
    of: 'heliograph',
    what,
    unit: 'ms',
    values: [quantileOf(last, share)],
    ...(atMost === undefined ? {} : { goal: { atMost } }),
  });
  return {
    name: 'channel search',
    setup: [
      `${sizes.at(-1)} channels, one query after another over HTTP, ${FIRST} channels a page, terms from one letter to a whole name.`,
    ],
    readings: [reading('search, p50', 0.5), reading('search, p95', 0.95, 20)],
    ratios: [],
    curves: [{ of: 'a search', along: 'channels', points }],
  };
};
