import type { ComponentChildren } from "preact";
import type { Instance } from "../../sdk/types.ts";
import { instancesLink } from "../ui/links.ts";

/** What EC2 says of an instance. */
export function InstanceFacts({ instance }: { readonly instance: Instance }) {
  const {
    accountId,
    region,
    availabilityZone,
    vpcId,
    subnetId,
    platform = "Linux or other",
    addresses,
    tags,
  } = instance;
  const pairs = Object.entries(tags).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return (
    <section>
      <h2>Facts</h2>
      <dl>
        <Fact name="Account">
          <code>{accountId}</code>
        </Fact>
        <Fact name="Region">
          <code>{region}</code>
        </Fact>
        <Fact name="Zone">
          <code>{availabilityZone}</code>
        </Fact>
        <Fact name="VPC">{vpcId && <code>{vpcId}</code>}</Fact>
        <Fact name="Subnet">{subnetId && <code>{subnetId}</code>}</Fact>
        <Fact name="Platform">{platform}</Fact>
      </dl>
      <h2>Addresses</h2>
      <dl>
        {addresses.map(({ address, kind, dnsName }) => (
          <Fact key={address} name={kind === "ipv6" ? "IPv6" : kind}>
            <code>{address}</code>
            {dnsName === undefined ? null : (
              <small>
                <code>{dnsName}</code>
              </small>
            )}
          </Fact>
        ))}
      </dl>
      {addresses.length === 0 ? <p class="hint">It has none.</p> : null}
      <h2>Tags</h2>
      <dl>
        {pairs.map(([key, value]) => (
          <Fact key={key} name={<bdi>{key}</bdi>}>
            <a class="plain" title="List the instances with this tag" href={instancesLink({ [`tag.${key}`]: value })}>
              <bdi>{value}</bdi>
            </a>
          </Fact>
        ))}
      </dl>
      {pairs.length === 0 ? <p class="hint">It has none.</p> : null}
    </section>
  );
}

interface FactProps {
  readonly name: ComponentChildren;
  readonly children: ComponentChildren;
}

function Fact({ name, children }: FactProps) {
  if (children === undefined) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
