import type { AccessRequest } from "../../sdk/types.ts";
import type { Tags as TagRecord } from "./tags.ts";

interface TargetProps {
  readonly request: Pick<AccessRequest, "scope" | "instanceName">;
  /** If the list does not say it. */
  readonly name?: string | undefined;
}

/** What access is for, within a line: an instance's name, or else its id; or tags. */
export function Target({ request: { scope, instanceName }, name = instanceName }: TargetProps) {
  if ("tags" in scope) {
    return (
      <>
        instances with <Tags tags={scope.tags} />
      </>
    );
  }
  return name ? <bdi>{name}</bdi> : <code>{scope.instanceId}</code>;
}

/** Tags within a line. */
export function Tags({ tags }: { readonly tags: TagRecord }) {
  return (
    <span class="tag-list">
      {Object.entries(tags).map(([key, value]) => (
        <code key={key}>
          <bdi>{key}</bdi>=<bdi>{value}</bdi>
        </code>
      ))}
    </span>
  );
}
