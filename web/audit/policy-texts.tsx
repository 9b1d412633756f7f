import { api } from "../api/client.ts";
import { ShowLoaded } from "../api/show-loaded.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import type { InstanceAddress } from "../ui/links.ts";
import { policiesIn } from "./policies.ts";

interface PolicyTextsProps {
  /** By whose trail one may read them. */
  readonly instance: InstanceAddress;
  readonly digest: string;
  readonly ids: readonly string[];
}

/** The policies that decided, as they were then, also if they have changed since. */
export function PolicyTexts({ instance, digest, ids }: PolicyTextsProps) {
  const texts = useLoaded(
    async (signal) => {
      const query = { ...instance, digest: digest.replace(/^sha256:/, "") };
      const { text } = await api().call("getPolicies", query, { signal });
      return { policies: await policiesIn(text, digest, ids) };
    },
    [instance, digest, ids],
  );
  return (
    <ShowLoaded of={texts} what="the policies">
      {({ policies }) =>
        policies === undefined ? (
          <p class="error">The API returned other policies than those of this digest, or of another version.</p>
        ) : (
          policies.map(({ id, text }) => (
            <pre key={id}>
              <code>
                <bdi>{text ?? `${id} is not among them.`}</bdi>
              </code>
            </pre>
          ))
        )
      }
    </ShowLoaded>
  );
}
