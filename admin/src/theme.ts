import {
  Alert,
  createTheme,
  Drawer,
  Modal,
  Notification,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** Dusk: the calm blue that everything interactive has. The sun of the mark is the only amber that means nothing. */
const dusk: MantineColorsTuple = [
  '#eef2ff',
  '#dfe6fc',
  '#bfcbf5',
  '#9baeee',
  '#7c94e7',
  '#6782e3',
  '#4f68d4',
  '#4059c0',
  '#354ba6',
  '#2a3c88',
];

export const theme = createTheme({
  components: {
    Alert: Alert.extend({
      vars: (_theme, { color }) => ({
        root: { '--alert-tone': `var(--mantine-color-${color ?? 'dusk'}-filled)` } as object,
      }),
    }),
    // Their headers are of the dialog, not of the page.
    Drawer: Drawer.extend({ defaultProps: { attributes: { header: { role: 'presentation' } } } }),
    Modal: Modal.extend({ defaultProps: { attributes: { header: { role: 'presentation' } } } }),
    // Its own grey is too faint to read beside a title, like those below.
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { description: { color: 'var(--mantine-color-dimmed)' } },
    }),
  },
  colors: { dusk },
  primaryColor: 'dusk',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  cursorType: 'pointer',
  defaultRadius: 'md',
  fontFamily: "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Open Sans', sans-serif",
  fontFamilyMonospace:
    "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace",
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } },
  },
});

/** Mantine's own dimmed and placeholder greys are too faint to read (below 4.5 : 1). */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#566070',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': colors.red[8],
    '--surface': '#ffffff',
    '--ground': '#f6f7f9',
    '--line': '#e3e6eb',
    '--good': '#1f7a4d',
    '--bad': '#c92a2a',
    '--unsure': '#b35309',
    '--moving': '#3b5bdb',
    '--quiet': '#5f6b7a',
  },
  dark: {
    '--mantine-color-body': '#16181d',
    '--mantine-color-dimmed': '#a3abb8',
    '--mantine-color-placeholder': '#8b93a1',
    '--mantine-color-error': colors.red[4],
    '--mantine-color-anchor': '#91a7ff',
    '--surface': '#1d2026',
    '--ground': '#16181d',
    '--line': '#2f333c',
    '--good': '#51cf8a',
    '--bad': '#ff8787',
    '--unsure': '#ffb057',
    '--moving': '#91a7ff',
    '--quiet': '#a3abb8',
  },
});
