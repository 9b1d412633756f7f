import type { HostKey } from "../../sdk/types.ts";
import { State } from "../ui/state.tsx";
import { Time } from "../ui/time.tsx";
import { sourceWords, trustTone } from "./words.ts";

/** The host keys that a terminal accepts. */
export function HostKeys({ keys }: { readonly keys: readonly HostKey[] }) {
  return (
    <section>
      <h2>Host keys</h2>
      {keys.length === 0 ? (
        <p class="hint">Latchkey knows none. The terminal will show the instance's key, and ask.</p>
      ) : (
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Source</th>
              <th scope="col">Trust</th>
            </tr>
          </thead>
          <tbody>
            {keys.map(({ key, type, fingerprint, source, trust, observedAt }) => (
              <tr key={key}>
                <td>
                  {type}
                  <code>{fingerprint}</code>
                </td>
                <td>
                  {sourceWords(source)}
                  <small>
                    known since <Time at={observedAt} />
                  </small>
                </td>
                <td>
                  <State tone={trustTone(trust)}>{trust}</State>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
