import { Fragment } from "preact";
import type { AccessRequest } from "../../sdk/types.ts";
import type { Tags as TagRecord } from "../ui/tag-query.ts";

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
  return Object.entries(tags).map(([key, value], index) => (
    <Fragment key={key}>
      {index > 0 ? " " : null}
      <span class="tag">
        <bdi>{key}</bdi>=<bdi>{value}</bdi>
      </span>
    </Fragment>
  ));
}
