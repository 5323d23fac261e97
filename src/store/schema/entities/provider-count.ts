import { Column, Entity, PrimaryColumn } from 'typeorm';

const key = { type: 'text', collation: 'C', primaryKeyConstraintName: 'provider_counts_pkey' } as const;

/**
 * How many providers of a partner have this value; all of them for the field `all`. Triggers keep the numbers. A row
 * without providers is removed, except for `all`, which is written with every change of a count of the partner.
 */
@Entity('provider_counts')
export class ProviderCountEntity {
  @PrimaryColumn(key)
  field!: 'all' | 'title' | 'clinic' | 'letter';

  @PrimaryColumn(key)
  partner!: string;

  @PrimaryColumn(key)
  value!: string;

  /** Those who left too. */
  @Column('integer')
  total!: number;

  /** Those that are still in the partner's list. */
  @Column('integer')
  listed!: number;
}
