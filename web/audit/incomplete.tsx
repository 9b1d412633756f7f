import type { Trail } from "./trail.ts";

/** That something may be missing, and why. @param what may be missing: `Events` */
export function Incomplete({ of, what }: { readonly of: Trail["incomplete"]; readonly what: string }) {
  if (of.length === 0) return null;
  return (
    <div class="banner" role="status">
      <ul>
        {of.map(({ accountId, region, code }) => (
          <li key={`${accountId}/${region}/${code}`}>
            {what} of account <code>{accountId}</code> in <code>{region}</code> may be missing: <code>{code}</code>.
          </li>
        ))}
      </ul>
    </div>
  );
}
