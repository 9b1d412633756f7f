import { api } from "../api/client.ts";
import { ShowLoaded } from "../api/show-loaded.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { instanceLink } from "../ui/links.ts";
import { State } from "../ui/state.tsx";

export function InstancesPage({ query }: { readonly query: URLSearchParams }) {
  const name = query.get("name") ?? undefined;
  const page = useLoaded((signal) => api().call("listInstances", { name, limit: 100 }, { signal }), [name]);
  return (
    <>
      <h1>Instances</h1>
      <ShowLoaded of={page} what="instances">
        {({ items }) => (
          <table>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Id</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.instanceId}>
                  <td>
                    <a href={instanceLink(item)}>
                      <bdi>{item.name ?? item.instanceId}</bdi>
                    </a>
                  </td>
                  <td>
                    <code>{item.instanceId}</code>
                  </td>
                  <td>
                    <State tone={item.state === "running" ? "good" : "neutral"}>{item.state}</State>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ShowLoaded>
    </>
  );
}
