// Loads each module of node_modules once in a process, and our own modules again for each test file. Loading typeorm,
// Temporal and Fastify for each file took more CPU time than most tests. Plain JavaScript, since Jest loads it without a
// transform.
const Module = require('node:module');
const { compileFunction, constants } = require('node:vm');
const Runtime = require('jest-runtime').default;

/** Packages with a state that our code changes, such as functions that it registers: each file loads them again. */
const WITH_STATE = /^@(jest\/globals|jmespath-community\/jmespath|temporalio\/(worker|testing))(\/|$)/;
/** The compiled code of each file that was loaded in this process, with its source. */
const compiled = new Map();
/** The runtime of the test file that runs. */
let current = null;

// Temporal's SDK loads our converters by their path. It gets them from the modules of the test file.
Module._extensions['.ts'] = (module, filename) => {
  if (!current) return Module._extensions['.js'](module, filename);
  module.exports = current.requireModule(filename);
  delete require.cache[filename];
};

module.exports = class SharedModulesRuntime extends Runtime {
  constructor(...args) {
    super(...args);
    current = this;
    const { executor } = this;
    executor.compile = (source, filename) => {
      const known = compiled.get(filename);
      if (known?.source === source) return known.run;
      const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
      const run = compileFunction(source, executor.injectedModuleParameters, {
        filename,
        importModuleDynamically,
      });
      compiled.set(filename, { source, run });
      return run;
    };
  }

  requireModuleOrMock(from, moduleName) {
    const isShared = !/^[./]/.test(moduleName) && !WITH_STATE.test(moduleName);
    return isShared ? Module.createRequire(from)(moduleName) : super.requireModuleOrMock(from, moduleName);
  }

  teardown() {
    current = null;
    super.teardown();
  }
};
