import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import type { Example } from './example.ts';
import { WALK } from './examples.ts';
import { type Memory, onMemory, recall } from './memory.ts';

const nameOf = (query: string): string | undefined => /^\w+ (\w+)/.exec(query)?.[1];

/** Opens an example in the tab that has it already, else in one that is empty, else in a new one. */
function useOpenExample(): (example: Example) => void {
  const { addTab, changeTab, updateActiveTabValues } = useGraphiQLActions();
  const tabs = useGraphiQL((state) => state.tabs);
  const { queryEditor, variableEditor } = useGraphiQL(({ queryEditor, variableEditor }) => ({
    queryEditor,
    variableEditor,
  }));
  return (example) => {
    const variables = example.variables ? JSON.stringify(example.variables(recall()), null, 2) : '';
    const opened = tabs.findIndex(({ operationName }) => operationName === nameOf(example.query));
    if (opened >= 0) changeTab(opened);
    else if (queryEditor?.getValue().trim()) addTab();
    queryEditor?.setValue(example.query);
    variableEditor?.setValue(variables);
    updateActiveTabValues({ query: example.query, variables });
  };
}

/** Slack's page is opened in this tab: the way back needs the token, which is kept for this tab only. */
function NextStep({ memory: { authorizeUrl, claim, failed } }: { memory: Memory }): ReactNode {
  if (claim !== undefined)
    return <p className="walk-next">Back from Slack with a claim. Now “Complete the install”.</p>;
  if (failed !== undefined)
    return <p className="walk-next walk-failed">Slack’s trip ended with {failed}. Begin again.</p>;
  if (authorizeUrl === undefined) return null;
  return (
    <p className="walk-next">
      <a className="walk-consent" href={authorizeUrl}>
        Open Slack’s page of consent
      </a>
      It comes back here with a claim.
    </p>
  );
}

/** A window opened from here gets a copy of the session, so it is signed in as this one is. */
function SecondWindow(): ReactNode {
  return (
    <p className="walk-note">
      One operation runs at a time. To watch while you send,{' '}
      <button type="button" onClick={() => window.open(location.href)}>
        open a second window
      </button>
      .
    </p>
  );
}

/** GraphiQL leaves a tab that is beyond the edge of a full tab bar where it is. */
function useVisibleActiveTab(): void {
  const activeTabIndex = useGraphiQL((state) => state.activeTabIndex);
  useEffect(() => {
    document.querySelector('.graphiql-tab-active')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [activeTabIndex]);
}

function Walk(): ReactNode {
  useVisibleActiveTab();
  const memory = useSyncExternalStore(onMemory, recall);
  const openExample = useOpenExample();
  return (
    <section aria-label="Walkthrough" className="walk">
      <div className="graphiql-doc-explorer-title">Walkthrough</div>
      <p className="walk-intro">
        From connecting Slack to a delivered message. Each step opens in a tab, filled in from the answers so far.
      </p>
      <NextStep memory={memory} />
      {WALK.map((group) => (
        <div key={group.title}>
          <h3>{group.title}</h3>
          {group.needsSecondWindow && <SecondWindow />}
          <ol>
            {group.examples.map((example) => (
              <li key={example.title}>
                <button type="button" onClick={() => openExample(example)}>
                  <strong>{example.title}</strong>
                  <span>{example.hint}</span>
                </button>
              </li>
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

function WalkIcon(): ReactNode {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="6" cy="5" r="2.2" />
      <circle cx="18" cy="12" r="2.2" />
      <circle cx="6" cy="19" r="2.2" />
      <path d="M8.200 5.800 15.800 11M15.800 13 8.200 18.200" />
    </svg>
  );
}

export const walkPlugin: GraphiQLPlugin = { title: 'Walkthrough', icon: WalkIcon, content: Walk };
