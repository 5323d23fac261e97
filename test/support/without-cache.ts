import { Worker, type WorkerOptions } from '@temporalio/worker';

/*
 * A module for the `--require` of Node. The workers of the process then cache no run: no setting of ours does that.
 */

const create = Worker.create.bind(Worker);
Worker.create = (options: WorkerOptions) => create({ ...options, maxCachedWorkflows: 0 });
