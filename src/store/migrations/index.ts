import { CreateDirectory1763856000000 } from './1763856000000-create-directory';

/** Every migration, oldest first. One that has been released is never edited: add another. */
export const MIGRATIONS = [CreateDirectory1763856000000];
