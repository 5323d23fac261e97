/** Where an erased person still is. */
export function WhatRemains() {
  return (
    <section class="card stack-small" aria-labelledby="remains">
      <h2 id="remains">What is kept elsewhere</h2>
      <ul>
        <li>
          A receipt: when, by which operator and why. It has no name. Keyed hashes keep the person from coming
          back.
        </li>
        <li>
          Temporal holds the answers of earlier syncs, encrypted, until the retention of its namespace is
          over.
        </li>
        <li>Backups of Postgres, and its files until they are vacuumed.</li>
        <li>
          Other entries of the same person: of another partner, or with another spelling or clinic. Erase them
          too.
        </li>
        <li>Exports, and programs that have read the API.</li>
      </ul>
    </section>
  );
}
