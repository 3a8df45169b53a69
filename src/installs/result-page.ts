import { createHash } from 'node:crypto';
import type { InstallFailure } from './install.policy.ts';

const TEXTS: Readonly<Record<InstallFailure, { title: string; text: string }>> = {
  ACCESS_DENIED: {
    title: 'Nothing was connected',
    text: 'The request was declined in Slack. If that was not meant, begin again from your product.',
  },
  STATE_INVALID: {
    title: 'This link does not work',
    text: 'It was not made by this server, or it is incomplete. Begin again from your product.',
  },
  STATE_EXPIRED: {
    title: 'This took too long',
    text: 'An install has to be finished within 10 minutes. Begin again from your product.',
  },
  STATE_USED: {
    title: 'This link was already used',
    text: 'It works once, and nothing was done now. If Slack is not connected, begin again from your product.',
  },
  TEAM_MISMATCH: {
    title: 'Another Slack team was chosen',
    text: 'The team that you picked in Slack is not the one that was expected, so nothing was kept. Begin again and pick the same team as before.',
  },
  ENTERPRISE_INSTALL_UNSUPPORTED: {
    title: 'An install on a whole organisation is not supported',
    text: 'Nothing was kept. Begin again and pick one single team of the organisation.',
  },
  SLACK_ERROR: {
    title: 'The install was not completed',
    text: 'Nothing was connected. Begin again from your product; if it fails again, tell the operator of this server.',
  },
};

const STYLE = `
:root{color-scheme:light dark;--text:#1d1c1d;--soft:#5c5a5d;--page:#f6f5f3;--card:#fff;--line:#dcdad6;--good:#1a6b4a;--bad:#a32d2d}
@media (prefers-color-scheme:dark){:root{--text:#ecebe8;--soft:#aeaca8;--page:#19181a;--card:#232225;--line:#3a383c;--good:#6fcf9f;--bad:#f19c9c}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:480px;padding:28px 24px;background:var(--card);border:1px solid var(--line);border-radius:12px}
.mark{margin:0 0 12px;font-size:14px;font-weight:600}
.good{color:var(--good)}.bad{color:var(--bad)}
h1{margin:0 0 8px;font-size:22px;line-height:1.25}
p{margin:0 0 16px;color:var(--soft)}
label{display:block;margin:0 0 6px;font-size:14px;font-weight:600}
textarea{display:block;width:100%;padding:12px;resize:none;word-break:break-all;user-select:all;font:14px/1.4 ui-monospace,monospace;color:var(--text);background:var(--page);border:1px solid var(--line);border-radius:8px}
textarea:focus-visible{outline:2px solid var(--good);outline-offset:2px}
code{font:13px ui-monospace,monospace}
.end{margin:16px 0 0;font-size:14px}
`;

/** No script, no image, no request of any kind: the claim on this page goes nowhere but to the clipboard. */
export const RESULT_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(title)} · Heliograph</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

export const grantedPage = (claim: string): string =>
  page(
    'One step is left',
    `<p class="mark good">Slack has agreed</p>
<h1>One step is left</h1>
<p>Nothing is connected yet. Copy this claim and give it to <code>completeSlackInstall</code> as the same user who began. It works once, for 10 minutes.</p>
<label for="claim">Claim</label>
<textarea id="claim" readonly rows="2" spellcheck="false">${escape(claim)}</textarea>
<p class="end">Keep it to yourself. Then close this page.</p>`,
  );

export const failedPage = (code: InstallFailure): string => {
  const { title, text } = TEXTS[code];
  return page(
    title,
    `<p class="mark bad">Not connected</p>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
<p class="end">Reason: <code>${escape(code)}</code></p>`,
  );
};
