import { InvalidArgumentError } from 'commander';
import { groupId, idSchema } from '../store/lists/filters';

/** Parses the id of a run. */
export function toRunId(text: string): string {
  if (!idSchema.safeParse(text).success) throw new InvalidArgumentError('It must be the id of a run.');
  return text;
}

/** Parses the id of a group of rejected records. */
export function toGroup(text: string): string {
  if (!groupId.safeParse(text).success) throw new InvalidArgumentError('It must be the id of a group.');
  return text;
}
