import { useEffect, useRef } from 'react';

/**
 * Whether what asked for something is still on the page when the answer comes, and about the same thing: whoever went on is
 * not called back.
 */
export function useIsShown(about = ''): () => boolean {
  const shown = useRef<string | undefined>(about);
  useEffect(() => {
    shown.current = about;
    return () => {
      shown.current = undefined;
    };
  }, [about]);
  return () => shown.current === about;
}
