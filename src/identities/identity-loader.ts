import DataLoader from 'dataloader';
import type { IdentityId } from '../platform/ids.ts';
import type { IdentitiesService, IdentityView } from './identities.service.ts';

/** Batches only, and keeps nothing, like ConnectionLoader. */
export class IdentityLoader {
  readonly #identities: DataLoader<IdentityId, IdentityView>;

  constructor(identities: IdentitiesService) {
    this.#identities = new DataLoader(
      async (ids) => {
        const found = new Map((await identities.identitiesById(ids)).map((view) => [view.id, view]));
        return ids.map((id) => found.get(id) ?? new Error(`The identity ${id} is not there.`));
      },
      { cache: false },
    );
  }

  identity(id: IdentityId): Promise<IdentityView> {
    return this.#identities.load(id);
  }
}
