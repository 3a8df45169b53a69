import { useEffect, useRef } from 'react';

/** Whether what asked for something is still on the page when the answer comes: whoever went on is not called back. */
export function useIsShown(): () => boolean {
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return () => isShown.current;
}
