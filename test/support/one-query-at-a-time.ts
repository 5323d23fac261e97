import type { DataSource } from 'typeorm';

/**
 * Makes each query of a runner wait for the one before. TypeORM reads the tables of a database with parallel queries on
 * one connection, which pg will no longer accept.
 */
export function queryOneAtATime(dataSource: DataSource): void {
  const create = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (...mode) => {
    const runner = create(...mode);
    const query = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<unknown>;
    let last: Promise<unknown> = Promise.resolve();
    const queued = (...parameters: unknown[]) => {
      last = last.catch(() => undefined).then(() => query(...parameters));
      return last;
    };
    return Object.assign(runner, { query: queued });
  };
}
