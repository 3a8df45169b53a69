import type { ReactNode } from 'react';

const PATHS = {
  overview: 'M4 20V10M10 20V4M16 20v-8M22 20H2',
  notifications: 'M4 6h16M4 12h16M4 18h10',
  compose: 'M4 20l4-1L19 8l-3-3L5 16l-1 4zM14 7l3 3',
  eventTypes: 'M4 5h16v11H9l-5 4V5zM8 9h8M8 12h5',
  connections: 'M9 15l6-6M8 11l-2 2a4 4 0 0 0 5.600 5.600l2-2M16 13l2-2a4 4 0 0 0-5.600-5.600l-2 2',
  identity: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-4 4-6 8-6s7 2 8 6',
  external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  check: 'M5 13l4 4L19 7',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M19 5l-1.500 1.500M6.500 17.500L5 19',
  moon: 'M20 14.500A8 8 0 0 1 9.500 4 8 8 0 1 0 20 14.500z',
  close: 'M6 6l12 12M18 6L6 18',
  refresh: 'M20 11a8 8 0 0 0-14-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14 4l2-2M20 20v-5h-5',
  lock: 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3',
  warning: 'M12 4l9 16H3zM12 10v4M12 17v.010',
  offline:
    'M3 3l18 18M8.500 16a5 5 0 0 1 6.500-.500M5 12.500a10 10 0 0 1 5-2.700M14 9.800a10 10 0 0 1 5 2.700M12 20v.010',
  send: 'M4 12l16-8-6 16-3-7-7-1z',
  hash: 'M9 4L7 20M17 4l-2 16M4 9h16M3.500 15h16',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-4 4-6 8-6s7 2 8 6',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: whatever it stands for is said in words beside it, or by its button's label. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
