import { randomBytes } from 'node:crypto';
import fs from 'node:fs';

/**
 * Writes a file that is not there yet, for its owner's eyes. Of two processes one wins, and the other never reads half
 * of it: the text is complete before it gets its name.
 */
export const writeOnce = (file: string, text: string, owner?: { uid: number; gid: number }): void => {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  fs.writeFileSync(draft, text, { mode: 0o600, flush: true });
  if (owner) fs.chownSync(draft, owner.uid, owner.gid);
  try {
    fs.linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(draft);
  }
};

/** Reads what is kept in a data folder for its owner's eyes. */
export const readKept = (file: string): string => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    throw new Error(
      `${file} belongs to another user (was the server started as root before?): give its folder to yourself with ` +
        'chown -R, or set HELIOGRAPH_DATA_DIR to another folder.',
      { cause: error },
    );
  }
};
