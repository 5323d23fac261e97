// The environment of the tests: Node itself, without a context of its own. So all test files of a process can share the
// modules of node_modules: their errors and lists are of the same classes as those of the tests. Plain JavaScript, since
// Jest loads it without a transform.
const { configureGlobal } = require('fast-check');
const { ModuleMocker } = require('jest-mock');

// Properties draw the same values each time, so that a test fails only after a change. PROPERTY_SEED draws others.
configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });

module.exports = class SharedRealmEnvironment {
  constructor() {
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.before = { console, exit: process.exit };
  }

  async setup() {}

  /** Undoes what a file would leave for the next one: its spies, and what Jest replaced for it. */
  async teardown() {
    this.moduleMocker.restoreAllMocks();
    globalThis.console = this.before.console;
    process.exit = this.before.exit;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** Jest only asks whether there is one; {@link SharedModulesRuntime} compiles without it. */
  getVmContext() {
    return {};
  }
};
