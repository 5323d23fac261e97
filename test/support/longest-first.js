// The order of the test files: those that wait come first, so that none of them is alone at the end. Plain JavaScript,
// since Jest loads it without a transform.
const { default: Sequencer } = require('@jest/test-sequencer');

/** Folders and files below `test`, those that take longest first. `new-partner` waits for two minutes. */
const ORDER = [
  'fault/new-partner',
  'integration/local/',
  'fault/key-rotation',
  'fault/',
  'integration/cli/',
  'integration/health/',
  'integration/',
  'workflow/',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const placeOf = ({ path }) => {
      const place = ORDER.findIndex((name) => path.includes(`/test/${name}`));
      return place === -1 ? ORDER.length : place;
    };
    return super.sort(tests).sort((one, other) => placeOf(one) - placeOf(other));
  }
};
