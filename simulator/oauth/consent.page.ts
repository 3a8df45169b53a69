import type { Person, Team } from '../model.ts';
import type { AppRegistration } from '../options.ts';
import { BADGE, colourClass, escapeHtml, initialsOf, pageHtml } from '../pages/html.ts';
import type { ConsentRequest } from './consent-request.ts';
import { peopleOf, webhookChannels } from './consent-request.ts';
import { wordsOf } from './scopes.ts';

export interface ConsentPage {
  readonly app: AppRegistration;
  readonly teams: readonly Team[];
  readonly request: ConsentRequest;
  /** The page's own query, to switch workspace or person with. */
  readonly query: URLSearchParams;
}

export function consentPage(page: ConsentPage): string {
  const { app, request } = page;
  const { team, person } = request;
  const teamName = escapeHtml(team.name);
  const body = `
<header class="consent-bar"><span class="wordmark">${LOGO}<span>slack</span></span>${BADGE}</header>
<main class="consent">
  <div class="consent-switch">${teamSwitcher(page)}</div>
  <div class="consent-pair" aria-hidden="true">
    <span class="tile app-tile">${escapeHtml(initialsOf(app.name))}</span><span class="dots">•••</span>
    <span class="tile ${colourClass(team.id)}">${escapeHtml(initialsOf(team.name))}</span>
  </div>
  <h1><b>${escapeHtml(app.name)}</b> is requesting permission to access the <b>${teamName}</b> Slack workspace</h1>
  <form method="post" action="/oauth/v2/authorize/decision">
    ${hiddenFields(page)}
    ${scopeSection(`What will ${escapeHtml(app.name)} be able to do?`, request.scopes, 'bot')}
    ${scopeSection(`What will it be able to do as you, ${escapeHtml(person.realName)}?`, request.userScopes, 'user')}
    ${details(request)}
    <div class="consent-actions">
      <button class="button" name="decision" value="deny">Cancel</button>
      <button class="button primary" name="decision" value="allow">Allow</button>
    </div>
  </form>
  <section class="consent-person"><h2>Signed in as</h2>${personSwitcher(page, person)}</section>
</main>`;
  return pageHtml({
    title: `${app.name} is requesting permission | ${team.name} (simulated Slack)`,
    body,
    bodyClass: 'consent-page',
  });
}

export function consentErrorPage(error: string, detail: string): string {
  const body = `
<header class="consent-bar"><span class="wordmark">${LOGO}<span>slack</span></span>${BADGE}</header>
<main class="consent">
  <h1>Something went wrong when authorising this app.</h1>
  <p>Try going back to the app and starting again. If it keeps failing, the people who run the app need this:</p>
  <div class="consent-error"><b>Error details</b><code>${escapeHtml(error)}</code><p>${escapeHtml(detail)}</p></div>
</main>`;
  return pageHtml({ title: 'Something went wrong (simulated Slack)', body, bodyClass: 'consent-page' });
}

const LOGO =
  '<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><rect x="9" y="1" width="4" height="12" rx="2" fill="#2eb67d"/>' +
  '<rect x="11" y="11" width="12" height="4" rx="2" fill="#ecb22e"/><rect x="11" y="11" width="4" height="12" rx="2" fill="#e01e5a"/>' +
  '<rect x="1" y="9" width="12" height="4" rx="2" fill="#36c5f0"/></svg>';

function hiddenFields({ app, request }: ConsentPage): string {
  const { redirectUri, state, scopes, userScopes, codeChallenge, team, person } = request;
  const fields: Record<string, string | null> = {
    client_id: app.clientId,
    redirect_uri: redirectUri,
    state,
    scope: scopes.join(','),
    user_scope: userScopes.join(','),
    code_challenge: codeChallenge,
    team: team.id,
    user: person.id,
    /** The check boxes count: one that is not sent was unticked. */
    picked: '1',
  };
  return Object.entries(fields)
    .flatMap(([name, value]) =>
      value === null ? [] : `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
    )
    .join('\n    ');
}

function scopeSection(title: string, scopes: readonly string[], holder: 'bot' | 'user'): string {
  if (scopes.length === 0) return '';
  const items = scopes.map((scope) => `<li>${escapeHtml(wordsOf(scope, holder))}</li>`).join('');
  return `<section class="consent-scopes"><h2>${title}</h2><ul>${items}</ul></section>`;
}

function details(request: ConsentRequest): string {
  const { scopes, userScopes, team } = request;
  const orgWide =
    team.enterprise === null
      ? ''
      : `<label class="check"><input type="checkbox" name="org_wide" value="1"><span>Install for all of ${escapeHtml(team.enterprise.name)} (org-wide)</span></label>`;
  return `<details class="consent-details"><summary>Details: grant fewer permissions</summary>
      ${checkBoxes('grant', 'As the app', scopes)}${checkBoxes('grant_user', 'As you', userScopes)}
      ${scopes.includes('incoming-webhook') ? webhookPicker(team) : ''}${orgWide}
    </details>`;
}

function checkBoxes(name: string, title: string, scopes: readonly string[]): string {
  if (scopes.length === 0) return '';
  const boxes = scopes.map(
    (scope) =>
      `<label class="check"><input type="checkbox" name="${name}" value="${escapeHtml(scope)}" checked><code>${escapeHtml(scope)}</code></label>`,
  );
  return `<fieldset><legend>${title}</legend>${boxes.join('')}</fieldset>`;
}

function webhookPicker(team: Team): string {
  const options = webhookChannels(team).map(({ id, name }) => `<option value="${id}">#${escapeHtml(name)}</option>`);
  return `<label class="pick">Where should it post? <select name="webhook_channel">${options.join('')}</select></label>`;
}

function teamSwitcher({ query, request, teams }: ConsentPage): string {
  const items = teams.map((team) => {
    const organisation = team.enterprise === null ? '' : ` <small>in ${escapeHtml(team.enterprise.name)}</small>`;
    const current = team.id === request.team.id ? ' aria-current="true"' : '';
    return `<li><a href="${linkWith(query, { team: team.id, user: null })}"${current}><span class="tile small ${colourClass(team.id)}" aria-hidden="true">${escapeHtml(initialsOf(team.name))}</span><span>${escapeHtml(team.name)}${organisation}</span></a></li>`;
  });
  const { team } = request;
  const label = `<span class="tile small ${colourClass(team.id)}" aria-hidden="true">${escapeHtml(initialsOf(team.name))}</span><span>${escapeHtml(team.domain)}.slack.com</span>`;
  return `<details class="menu"><summary title="Choose another workspace">${label}</summary><ul>${items.join('')}</ul></details>`;
}

function personSwitcher({ query, request }: ConsentPage, current: Person): string {
  const items = peopleOf(request.team).map((person) => {
    const mark = person.id === current.id ? ' aria-current="true"' : '';
    return `<li><a href="${linkWith(query, { team: request.team.id, user: person.id })}"${mark}>${personLabel(person)}</a></li>`;
  });
  return `<details class="menu"><summary title="Be somebody else">${personLabel(current)}</summary><ul>${items.join('')}</ul></details>`;
}

function personLabel({ id, realName, title }: Person): string {
  return `<span class="tile small ${colourClass(id)}" aria-hidden="true">${escapeHtml(initialsOf(realName))}</span><span>${escapeHtml(realName)} <small>${escapeHtml(title)}</small></span>`;
}

function linkWith(query: URLSearchParams, changes: Record<string, string | null>): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return escapeHtml(`/oauth/v2/authorize?${next.toString()}`);
}
