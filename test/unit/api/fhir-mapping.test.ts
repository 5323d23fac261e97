import fc from 'fast-check';
import { toHumanName } from '../../../src/api/fhir/elements';
import { toOrganization } from '../../../src/api/fhir/organization';
import { toPractitioner } from '../../../src/api/fhir/practitioner';
import { toPractitionerRole } from '../../../src/api/fhir/practitioner-role';
import type { Provider } from '../../../src/store/directory/provider-row';
import { clinicKey } from '../../../src/store/schema/clinic-key';
import { mistakesIn } from '../../support/fhir';

const zoe: Provider = {
  id: '0198c2f4-6b1e-7c3a-9d52-3f0a6c1b2d4e',
  partner: 'noteworth',
  givenName: 'Zoë Ann',
  familyName: "O'Hara",
  title: 'Dr.',
  clinic: 'Lakeside Clinic',
  attributes: { favouriteColour: 'blue' },
  listed: true,
  firstRunId: null,
  firstSeenAt: '2026-03-01T08:30:00.000Z',
  lastSeenAt: '2026-03-04T08:30:00.000Z',
  lastChangedAt: '2026-03-02T08:30:00.000Z',
};
const SOURCE = 'https://api.partner.example';
const LAKESIDE = clinicKey({ partner: 'noteworth', name: 'Lakeside Clinic' });

describe('a provider', () => {
  it('is a Practitioner', () => {
    expect(toPractitioner(zoe, SOURCE)).toEqual({
      resourceType: 'Practitioner',
      id: zoe.id,
      meta: { lastUpdated: '2026-03-02T08:30:00.000Z', source: SOURCE },
      identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${zoe.id}` }],
      active: true,
      name: [{ text: "Dr. Zoë Ann O'Hara", family: "O'Hara", given: ['Zoë Ann'], prefix: ['Dr.'] }],
    });
  });

  it('is not active after the partner stopped listing it, nor is its role', () => {
    const left = { ...zoe, listed: false };
    expect(toPractitioner(left, SOURCE).active).toBe(false);
    expect(toPractitionerRole(left, SOURCE)?.active).toBe(false);
  });

  it('has a source only if that is known', () => {
    expect(toPractitioner(zoe, undefined).meta).toEqual({ lastUpdated: zoe.lastChangedAt });
    expect(toOrganization({ partner: 'noteworth', name: 'North' }, undefined).meta).toBeUndefined();
  });

  it('has a role at its clinic', () => {
    expect(toPractitionerRole(zoe, SOURCE)).toEqual({
      resourceType: 'PractitionerRole',
      id: zoe.id,
      meta: { lastUpdated: '2026-03-02T08:30:00.000Z', source: SOURCE },
      active: true,
      practitioner: { reference: `Practitioner/${zoe.id}`, display: "Dr. Zoë Ann O'Hara" },
      organization: { reference: `Organization/${LAKESIDE}`, display: 'Lakeside Clinic' },
    });
  });

  it('has no role without a clinic', () => {
    expect(toPractitionerRole({ ...zoe, clinic: null }, SOURCE)).toBeNull();
  });
});

describe('a title', () => {
  it.each(['Dr.', 'Dr', 'DR.', 'Dr. med.', 'Prof.', 'Ms'])('%s stands before the name', (title) => {
    expect(toHumanName({ ...zoe, title })).toMatchObject({
      text: `${title} Zoë Ann O'Hara`,
      prefix: [title],
    });
  });

  it.each(['PA', 'NP', 'MD, PhD', 'Drs', 'toString'])('%s stands after the name', (title) => {
    const name = toHumanName({ ...zoe, title });
    expect(name).toMatchObject({ text: `Zoë Ann O'Hara, ${title}`, suffix: [title] });
    expect(name.prefix).toBeUndefined();
  });

  it('can be missing', () => {
    expect(toHumanName({ ...zoe, title: null })).toEqual({
      text: "Zoë Ann O'Hara",
      family: "O'Hara",
      given: ['Zoë Ann'],
    });
  });
});

describe('a clinic', () => {
  it('is an Organization whose id is derived from the partner and the name', () => {
    const lakeside = toOrganization({ partner: 'noteworth', name: 'Lakeside Clinic' }, SOURCE);
    expect(lakeside).toEqual({
      resourceType: 'Organization',
      id: LAKESIDE,
      meta: { source: SOURCE },
      name: 'Lakeside Clinic',
    });
    // Others rely on it: printf 'noteworth:Lakeside Clinic' | sha256sum
    expect(LAKESIDE).toBe('44e0b6cc589f6430bef9089dc7e5d9b75f1487ce6413e955ccd7440d6a330349');
  });

  it('of another partner is another Organization', () => {
    expect(clinicKey({ partner: 'other', name: 'Lakeside Clinic' })).not.toBe(LAKESIDE);
  });
});

describe('any text that a partner may send', () => {
  const text = fc
    .string({ unit: 'binary', minLength: 1 })
    .map((any) => any.replaceAll('\0', '').trim())
    .filter((any) => any !== '');
  const odd = fc.constantFrom(
    '\u3000x\u00a0y',
    'a\u0001b',
    '\u0085',
    '\u2028.',
    'x\u007f',
    'line\r\nline',
    '\u{1f600}',
  );
  const name = fc.oneof(text, odd);

  it('results in valid resources', () => {
    fc.assert(
      fc.property(name, name, fc.option(name), name, (givenName, familyName, title, clinic) => {
        const provider = { ...zoe, givenName, familyName, title, clinic };
        const resources = [
          toPractitioner(provider, SOURCE),
          toPractitionerRole(provider, SOURCE),
          toOrganization({ partner: 'noteworth', name: clinic }, SOURCE),
        ];
        expect(resources.flatMap(mistakesIn)).toEqual([]);
      }),
    );
  });
});
