import { requestChecksum } from '../../../src/partner/call/partner-client';

describe('the request checksum', () => {
  it('equals the check value of the partner', () => {
    expect(requestChecksum('12345', '/providers')).toBe(
      'bf6fa075e6d928d530fd4516e1671526ff1fe7f953209f0941553927bf16e9f8',
    );
  });

  it('depends on the token and on the path', () => {
    const checksums = [
      requestChecksum('12345', '/providers'),
      requestChecksum('12346', '/providers'),
      requestChecksum('12345', '/providers/'),
    ];
    expect(new Set(checksums).size).toBe(3);
  });
});
