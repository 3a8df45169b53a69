const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** One of twelve colours by name: the CSP allows no inline style. */
export function colourClass(name: string): string {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return `c${sum % 12}`;
}

export function initialsOf(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => word !== '');
  return (
    words.length > 1 ? `${words[0]?.[0] ?? ''}${words[1]?.[0] ?? ''}` : (words[0] ?? '?').slice(0, 1)
  ).toUpperCase();
}

export interface PageParts {
  readonly title: string;
  readonly body: string;
  readonly script?: string;
  readonly bodyClass?: string;
}

export function pageHtml({ title, body, script, bodyClass }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/slack.css">
${script === undefined ? '' : `<script src="/assets/${script}" defer></script>`}
</head>
<body class="${bodyClass ?? ''}">
${body}
</body>
</html>
`;
}

/**
 * Everything from this origin, nothing else. `form-action` is left out on purpose: browsers apply it to every redirect
 * that follows a form, and the consent form leads to the app's own redirect URL and on from there.
 */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

export const BADGE =
  '<span class="badge" title="This is not Slack. Nothing leaves this machine.">simulated Slack</span>';
