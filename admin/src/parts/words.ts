/** A name's first character as a person counts them: half of an emoji is none. */
export const initialOf = (name: string): string => {
  const [first] = new Intl.Segmenter().segment(name);
  return (first?.segment ?? '').toUpperCase();
};

/** The first line that says something. */
export const firstLineOf = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '') ?? '';

interface Place {
  readonly channelId?: string | null;
  readonly channelName?: string | null;
}

/** Direct messages are called by who is in them, which is no channel's name. Slack's ids and names tell them apart. */
export function placeOf({ channelId, channelName }: Place): string {
  if (!channelName) return channelId ?? 'no channel';
  const isDirect = channelId?.startsWith('D') === true || channelName.startsWith('mpdm-');
  return isDirect ? channelName : `#${channelName}`;
}
