import { createContext, useContext, useEffect } from 'react';

/** Tells the drawer whether a dialog is open above it. */
export const DialogAbove = createContext<(isOpen: boolean) => void>(() => {});

/** Escape closes what is uppermost: a drawer and a dialog each listen for it, and would both go. */
export function useDialogAbove(isOpen: boolean): void {
  const tell = useContext(DialogAbove);
  useEffect(() => {
    tell(isOpen);
    return () => tell(false);
  }, [tell, isOpen]);
}
