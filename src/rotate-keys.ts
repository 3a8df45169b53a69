import type { Config } from './config/config.ts';
import { KeyCheckRepository } from './credentials/key-check.repository.ts';
import { KeyCheckService } from './credentials/key-check.service.ts';
import { credentialColumns, KeyRotationService, type KeyRotation } from './credentials/key-rotation.service.ts';
import { SealedRowsRepository } from './credentials/sealed-rows.repository.ts';
import { Sealer } from './credentials/sealing.ts';
import { entities } from './entities.ts';
import { SealedGrantsRepository } from './installs/sealed-grants.repository.ts';
import { grantColumn } from './installs/sealed-grants.service.ts';
import { openDatabase, type Database } from './platform/database.ts';
import type { Logger } from './platform/logger.ts';
import { requireHead } from './platform/migrations.ts';
import { provideDatabase } from './platform/provided-database.ts';

const serviceOf = ({ encryptionKeys }: Config, database: Database): KeyRotationService => {
  const sealer = new Sealer(encryptionKeys);
  const columns = [
    ...credentialColumns(new SealedRowsRepository(database)),
    grantColumn(new SealedGrantsRepository(database)),
  ];
  return new KeyRotationService(columns, sealer, new KeyCheckService(database, new KeyCheckRepository(), sealer));
};

const report = ({ keyId, sealedAnew, unreadable, leftOver }: KeyRotation, print: (line: string) => void): boolean => {
  for (const { column, id, keyId: key } of unreadable) {
    print(
      `${column} of ${id} cannot be opened with the keys given (key: ${key ?? 'unreadable'}); it was left as it is.`,
    );
  }
  if (leftOver > 0) print(`${leftOver} values were changed by servers again and again. Run this command once more.`);
  const isDone = unreadable.length === 0 && leftOver === 0;
  print(
    isDone
      ? `Sealed anew: ${sealedAnew}. Everything is sealed with the key ${keyId}; no other key is needed any more.`
      : `Sealed anew: ${sealedAnew}. Keep all keys: ${unreadable.length + leftOver} values are not sealed with ${keyId}.`,
  );
  return isDone;
};

/** The command `keys rotate`; false where something is left that is not sealed with the first key. */
export const rotateKeysOf = async (config: Config, logger: Logger, print: (line: string) => void): Promise<boolean> => {
  const provided = await provideDatabase(config, logger);
  const database = await openDatabase({ url: provided.url, poolMax: 2, entities, logger });
  try {
    await requireHead(database.orm);
    const rotation = await serviceOf(config, database).rotate((column, sealedAnew) =>
      print(`${column}: ${sealedAnew} sealed anew`),
    );
    return report(rotation, print);
  } finally {
    await database.stop();
    await provided.stop();
  }
};
