// Writes docs/licences.md: the licence of every package that the server is run with, as package-lock.json has it.
import fs from 'node:fs';
import { LICENCES_FILE, licenceList, lockedPackages } from './checks/supply-chain.rules.ts';

fs.writeFileSync(LICENCES_FILE, licenceList(lockedPackages(process.cwd())));
console.log(`Wrote ${LICENCES_FILE}.`);
