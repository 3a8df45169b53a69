import { escapeHtml } from './html.ts';

/** How a reference reads: `U…` and `C…` ids into names. */
export interface Names {
  person(id: string): string | null;
  channel(id: string): string | null;
}

const EMOJI: Readonly<Record<string, string>> = {
  '+1': '👍',
  bell: '🔔',
  bulb: '💡',
  chart_with_upwards_trend: '📈',
  eyes: '👀',
  fire: '🔥',
  heavy_check_mark: '✔️',
  information_source: 'ℹ️',
  large_green_circle: '🟢',
  mag: '🔍',
  red_circle: '🔴',
  rocket: '🚀',
  rotating_light: '🚨',
  ship: '🚢',
  smile: '😄',
  tada: '🎉',
  thumbsup: '👍',
  warning: '⚠️',
  wave: '👋',
  white_check_mark: '✅',
  x: '❌',
};

const SPECIAL = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|\bhttps?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]'"]/g;

/** Slack's mrkdwn as safe HTML: whatever is not known markup is shown as text. */
export function mrkdwnHtml(source: string, names: Names): string {
  const slots: string[] = [];
  // A private-use character marks a slot: it cannot come out of the escaping below.
  const marked = source
    .replaceAll('\uE000', '')
    .replace(SPECIAL, (whole: string, block?: string, code?: string, reference?: string) => {
      slots.push(specialHtml(whole, block, code, reference, names));
      return `\uE000${slots.length - 1}\uE000`;
    });
  const html = marked.split('\n').map(lineHtml).join('');
  return html
    .replace(/\uE000(\d+)\uE000/g, (_all, index: string) => slots[Number(index)] ?? '')
    .replace(/<\/pre><br>/g, '</pre>')
    .replace(/<br>$/, '');
}

export function plainHtml(source: string): string {
  return emojiOf(escapeHtml(source)).replaceAll('\n', '<br>');
}

function specialHtml(
  whole: string,
  block: string | undefined,
  code: string | undefined,
  reference: string | undefined,
  names: Names,
): string {
  if (block !== undefined) return `<pre>${wireText(block.replace(/^\n/, ''))}</pre>`;
  if (code !== undefined) return `<code>${wireText(code)}</code>`;
  return reference === undefined ? linkHtml(whole, whole) : referenceHtml(reference, names);
}

/** Slack's three entities mean what they say; everything else is escaped for HTML. */
function wireText(text: string): string {
  return escapeHtml(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
}

function referenceHtml(reference: string, names: Names): string {
  const [target = '', label] = reference.split('|', 2);
  const kind = target[0];
  const id = target.slice(1);
  if (kind === '@') return mention(`@${names.person(id) ?? label ?? id}`);
  if (kind === '#') return mention(`#${names.channel(id) ?? label ?? id}`);
  if (kind === '!') return mention(label ?? `@${id.split('^')[0] ?? id}`);
  return /^(https?:|mailto:)/i.test(target) ? linkHtml(target, label ?? target) : escapeHtml(`<${reference}>`);
}

const mention = (text: string): string => `<span class="mention">${escapeHtml(text)}</span>`;

function linkHtml(target: string, label: string): string {
  const href = escapeHtml(target.replaceAll('&amp;', '&'));
  return `<a href="${href}" target="_blank" rel="noopener noreferrer">${wireText(label)}</a>`;
}

function lineHtml(line: string): string {
  const quoted = /^(?:>|&gt;)\s?(.*)$/.exec(line);
  return quoted === null
    ? `${styled(wireText(line))}<br>`
    : `<blockquote>${styled(wireText(quoted[1] ?? ''))}</blockquote>`;
}

function styled(html: string): string {
  const bold = wrap(html, /(^|[\s([{_~])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])/g, 'b');
  const italic = wrap(bold, /(^|[\s([{>~])_([^_\s](?:[^_]*[^_\s])?)_(?!\w)/g, 'i');
  return emojiOf(wrap(italic, /(^|[\s([{>])~([^~\s](?:[^~]*[^~\s])?)~(?!\w)/g, 's'));
}

function wrap(html: string, pattern: RegExp, tag: string): string {
  return html.replace(pattern, (_all, before: string, inner: string) => `${before}<${tag}>${inner}</${tag}>`);
}

function emojiOf(html: string): string {
  return html.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) =>
    Object.hasOwn(EMOJI, name) ? (EMOJI[name] ?? whole) : whole,
  );
}
