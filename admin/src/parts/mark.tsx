import type { ReactNode } from 'react';

const RAYS = 'M16 2v5M16 25v5M2 16h5M25 16h5M6 6l3.500 3.500M22.500 22.500L26 26M26 6l-3.500 3.500M9.500 22.500L6 26';

/** The product's mark: a sun, which is what a heliograph signals with. */
export function Mark({ size }: { size: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="7" fill="#f5a524" />
      <path d={RAYS} stroke="#f5a524" strokeWidth="2.500" strokeLinecap="round" />
    </svg>
  );
}
