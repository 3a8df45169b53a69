import { Combobox, Group, Loader, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { ChannelPartsFragment, IdentityPartsFragment } from '../../generated/graphql.ts';
import { Icon } from '../parts/icons.tsx';
import { Trouble } from '../parts/notices.tsx';
import { hintFor, tagOf } from './channel-words.ts';
import styles from './channel-picker.module.css';
import { Directory } from './directory.tsx';
import { useChannels } from './use-channels.ts';

const TYPING_MS = 150;
const MORE = '\u0000more';
const AGAIN = '\u0000again';

function Option({ channel, isStale }: { channel: ChannelPartsFragment; isStale: boolean }): ReactNode {
  const { type, postable, memberCount, topic } = channel;
  return (
    <Combobox.Option value={channel.id} disabled={isStale || postable === 'ARCHIVED'}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Group gap={6} wrap="nowrap" miw={0}>
          <Icon name={type === 'PUBLIC' ? 'hash' : type === 'PRIVATE' ? 'lock' : 'user'} size={14} />
          <Text size="sm" truncate title={topic ?? undefined}>
            {channel.name}
          </Text>
          {memberCount === null || memberCount === undefined ? null : (
            <Text size="xs" visibleFrom="xs" className={styles['count']}>
              {memberCount.toLocaleString('en')} {memberCount === 1 ? 'member' : 'members'}
            </Text>
          )}
        </Group>
        <span className={styles['tag']} data-postable={postable}>
          {tagOf(postable)}
        </span>
      </Group>
    </Combobox.Option>
  );
}

interface Finding {
  readonly found: ReturnType<typeof useChannels>;
  readonly search: string;
  /** These fit what was typed before; nobody may choose one of them by mistake. */
  readonly isStale: boolean;
}

function Found({ found, search, isStale }: Finding): ReactNode {
  const footer = useId();
  const isEmpty = found.channels.length === 0 && !found.isSearching && !found.error;
  return (
    <>
      <Combobox.Options mah={280} className={styles['options'] ?? ''} aria-describedby={footer} aria-label="Channels">
        {found.channels.map((channel) => (
          <Option key={channel.id} channel={channel} isStale={isStale} />
        ))}
        {found.hasMore ? <Combobox.Option value={MORE}>Show more …</Combobox.Option> : null}
        {isEmpty ? (
          <Combobox.Empty>
            {search === '' ? 'No channel is listed yet.' : `No channel is called like “${search}”.`}
          </Combobox.Empty>
        ) : null}
        {/* An option, not a button: the focus stays in the field, so the arrow keys must lead to it. */}
        {found.directory && !found.directory.syncing ? (
          <Combobox.Option value={AGAIN}>
            <Group gap={6} className={styles['again']}>
              <Icon name="refresh" size={14} />
              <Text size="sm">Read the channels again</Text>
            </Group>
          </Combobox.Option>
        ) : null}
      </Combobox.Options>
      <Combobox.Footer id={footer}>
        {/* Not among the options: what brings more of them is at their end, and their beginning out of sight. */}
        {found.error ? <Trouble error={found.error} /> : null}
        <Directory directory={found.directory} />
      </Combobox.Footer>
    </>
  );
}

interface Picker {
  readonly identity: IdentityPartsFragment;
  readonly value: ChannelPartsFragment | null;
  readonly onPick: (channel: ChannelPartsFragment) => void;
  readonly label: string;
  readonly description?: string;
  readonly autoFocus?: boolean;
}

/** What Enter takes: the best match of what was typed, or the first of those that "Show more" brought. */
function useHighlight(
  { selectFirstOption, selectOption, updateSelectedOptionIndex }: ReturnType<typeof useCombobox>,
  found: ReturnType<typeof useChannels>,
  search: string,
  isStale: boolean,
): () => void {
  const count = found.channels.length;
  const isAny = count > 0;
  const goesOnAt = useRef<number>(undefined);
  const hasFailed = Boolean(found.error);
  useEffect(() => {
    if (!isStale && search !== '' && isAny) selectFirstOption();
  }, [isStale, search, isAny, selectFirstOption]);
  // While a team is being listed, options come before the one that is highlighted, which is kept by its number.
  const ids = found.channels.map(({ id }) => id).join();
  useEffect(() => updateSelectedOptionIndex('selected'), [ids, updateSelectedOptionIndex]);
  // What comes later is not what "Show more" was asked for.
  useEffect(() => {
    if (hasFailed) goesOnAt.current = undefined;
  }, [hasFailed]);
  useEffect(() => {
    goesOnAt.current = undefined;
  }, [search]);
  useEffect(() => {
    if (goesOnAt.current === undefined || count <= goesOnAt.current) return;
    selectOption(goesOnAt.current);
    goesOnAt.current = undefined;
  }, [count, selectOption]);
  return () => {
    goesOnAt.current = count;
    found.showMore();
  };
}

/** Finds a channel among tens of thousands by its name; says whether the list is complete and whether one can post there. */
export function ChannelPicker({ identity, value, onPick, label, description, autoFocus = false }: Picker): ReactNode {
  const [typed, setTyped] = useState<string>();
  const [search] = useDebouncedValue(typed ?? '', TYPING_MS);
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setTyped(undefined);
    },
  });
  const found = useChannels(identity.id, search.trim(), combobox.dropdownOpened);
  const isStale = found.isSearching || search !== (typed ?? '');
  const showMore = useHighlight(combobox, found, search, isStale);
  const submit = (id: string): void => {
    if (id === MORE) return showMore();
    if (id === AGAIN) return found.readAgain();
    const channel = found.channels.find((each) => each.id === id);
    if (channel) onPick(channel);
    combobox.closeDropdown();
  };
  const hint = value ? hintFor(value, identity.postsAs) : undefined;
  return (
    <Combobox store={combobox} onOptionSubmit={submit} withinPortal>
      <Combobox.Target withExpandedAttribute>
        <TextInput
          label={label}
          description={description}
          placeholder="Search by name"
          leftSection={<Icon name={typed === undefined ? 'hash' : 'search'} size={16} />}
          rightSection={found.isSearching ? <Loader size="xs" /> : <Combobox.Chevron />}
          rightSectionPointerEvents="none"
          value={typed ?? (value ? value.name : '')}
          error={hint}
          autoFocus={autoFocus}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            combobox.openDropdown();
          }}
          onClick={() => {
            setTyped((before) => before ?? '');
            combobox.openDropdown();
          }}
          onKeyDown={(event) => {
            // Enter chooses a channel, and never sends a form that still holds the one before.
            if (event.key === 'Enter') event.preventDefault();
          }}
          onFocus={() => autoFocus && combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          autoComplete="off"
          spellCheck={false}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Found found={found} search={search} isStale={isStale} />
      </Combobox.Dropdown>
    </Combobox>
  );
}
