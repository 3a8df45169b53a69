/**
 * Whether this is so in one round at least, of so many at most. For what a machine that stalls for half a second can spoil
 * in one round, or in two: a defect spoils each of them.
 */
export const inSomeRound = async (rounds: number, isSo: (round: number) => Promise<boolean>): Promise<boolean> => {
  for (let round = 1; round <= rounds; round += 1) if (await isSo(round)) return true;
  return false;
};
