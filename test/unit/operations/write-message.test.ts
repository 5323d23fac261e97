import { writeMessage } from '../../../src/operations/rejected/write-message';

const OLGA = { at: '2026-03-01T08:30:59.000Z', record: 1_204, raw: '{"name_given":"Olga"}' };

describe('a message to the partner', () => {
  it('names each problem, how often it came, and its examples', () => {
    const text = writeMessage([
      { problem: 'Olga Hernandez: clinic is missing', count: 3, examples: [OLGA, { ...OLGA, record: 7 }] },
      { problem: 'Ada Byron: title is blank', count: 1, examples: [] },
    ]);
    expect(text).toBe(
      [
        'Hello,',
        '',
        'We could not use some of the records that you sent:',
        '',
        '1. Olga Hernandez: clinic is missing (received 3 times)',
        '   Record 1,204 of the answer of 2026-03-01 08:30 UTC:',
        '   {"name_given":"Olga"}',
        '   Record 7 of the answer of 2026-03-01 08:30 UTC:',
        '   {"name_given":"Olga"}',
        '',
        '2. Ada Byron: title is blank',
        '',
        'Please correct these records. If they are right as they are, please let us know.',
      ].join('\n'),
    );
  });

  it('cuts long examples, but not inside a character', () => {
    const raw = `"${'x'.repeat(498)}😀${'y'.repeat(100)}"`;
    const text = writeMessage([{ problem: 'P', count: 1, examples: [{ ...OLGA, raw }] }]);
    expect(text).toContain(`${'x'.repeat(498)}\ufffd…`);
    expect(text).not.toContain('yy');
  });
});
