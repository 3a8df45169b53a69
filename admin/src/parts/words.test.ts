import { expect, test } from 'vitest';
import { firstLineOf, initialOf, placeOf } from './words.ts';

test.each([
  ['heliograph', 'H'],
  ['🚀 launches', '🚀'],
  ['👩‍🚀 crew', '👩‍🚀'],
  ['', ''],
])('the initial of "%s" is a whole character: %s', (name, initial) => expect(initialOf(name)).toBe(initial));

test('a row shows the first line that says something', () => {
  expect(firstLineOf('\n \n  words after a gap\nand more')).toBe('words after a gap');
  expect(firstLineOf('\n')).toBe('');
});

test.each([
  [{ channelId: 'C1', channelName: 'general' }, '#general'],
  [{ channelId: 'D1', channelName: 'Ada' }, 'Ada'],
  [{ channelId: 'G1', channelName: 'mpdm-ada--ben-1' }, 'mpdm-ada--ben-1'],
  [{ channelId: 'C1', channelName: null }, 'C1'],
  [{ channelId: null, channelName: null }, 'no channel'],
])('%o is called %s', (place, name) => expect(placeOf(place)).toBe(name));
