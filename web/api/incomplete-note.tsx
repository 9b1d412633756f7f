interface IncompleteTarget {
  readonly accountId: string;
  readonly region: string;
  readonly code: string;
}

interface IncompleteNoteProps {
  readonly of: readonly IncompleteTarget[];
  /** What is listed: `instances`. */
  readonly what: string;
}

/** The accounts and regions that could not be read, so that a list may lack what is there, and why. */
export function IncompleteNote({ of, what }: IncompleteNoteProps) {
  if (of.length === 0) return null;
  const listed = what.charAt(0).toUpperCase() + what.slice(1);
  return (
    <div class="note" role="status">
      {of.map(({ accountId, region, code }) => (
        <p key={`${accountId}/${region}/${code}`}>
          {listed} of account{" "}
          <code>
            {accountId} / {region}
          </code>{" "}
          may be missing: {code.replaceAll("-", " ")}.
        </p>
      ))}
    </div>
  );
}
