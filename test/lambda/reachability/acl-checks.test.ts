import { acl, allIn, allOut, both, entry, from, preserving, same } from "./changes.ts";
import { pages } from "./pages.ts";
import { testVerdicts } from "./tables.ts";

testVerdicts("eice", {
  fails: [
    [
      "an ACL of the endpoint's subnet that lets no SSH out",
      pages.acls,
      acl("endpoint", allIn, entry(100, "out", "allow", "0.0.0.0/0", "443")),
      "endpoint-network-acl",
      acl(
        "endpoint",
        allIn,
        entry(100, "out", "allow", "0.0.0.0/0", "443"),
        entry(110, "out", "allow", "10.0.0.0/16", "22"),
      ),
    ],
    [
      "an ACL of the endpoint's subnet that takes no responses",
      pages.ephemeral,
      acl("endpoint", entry(100, "in", "allow", "0.0.0.0/0", "22"), allOut),
      "endpoint-network-acl",
      acl("endpoint", entry(100, "in", "allow", "10.0.0.0/16", "1024-65535"), allOut),
    ],
    [
      "an ACL of the instance's subnet that denies SSH before it allows it",
      pages.aclRules,
      acl("instance", entry(90, "in", "deny", "10.0.2.0/24", "22"), allIn, allOut),
      "instance-network-acl",
      acl("instance", entry(110, "in", "deny", "10.0.2.0/24", "22"), allIn, allOut),
    ],
    [
      "an ACL of the instance's subnet that lets no responses out",
      pages.customAcl,
      acl("instance", allIn, entry(100, "out", "allow", "0.0.0.0/0", "80-443")),
      "instance-network-acl",
      acl("instance", allIn, entry(100, "out", "allow", "10.0.2.0/24", "1024-65535")),
    ],
    [
      "an ACL that allows UDP alone",
      pages.aclEntry,
      acl("instance", { ...allIn, protocol: "17" }, allOut),
      "instance-network-acl",
      acl("instance", { ...allIn, protocol: "-1" }, allOut),
    ],
    [
      "an ACL of the instance's subnet that admits the endpoint, which keeps the client's address",
      pages.endpointGroups,
      both(preserving, acl("instance", entry(100, "in", "allow", "10.0.0.0/16", "22"), allOut)),
      "instance-network-acl",
      acl("instance", entry(100, "in", "allow", "198.51.100.0/24", "22"), allOut),
    ],
    [
      "a new ACL, which denies everything",
      pages.customAcl,
      acl("instance"),
      "instance-network-acl",
      acl("instance", allIn, allOut),
    ],
  ],
  unknown: [
    [
      "an ACL that could not be described",
      pages.acls,
      ({ network }) => {
        network.acls = [];
      },
      "instance-network-acl",
    ],
    [
      "an ACL that denies a part of the responses",
      pages.ephemeral,
      acl("instance", allIn, entry(90, "out", "deny", "0.0.0.0/0", "40000-40999"), allOut),
      "instance-network-acl",
    ],
    [
      "an ACL that allows a part of the endpoint's subnet",
      pages.aclRules,
      acl("instance", entry(100, "in", "allow", "10.0.2.128/25", "22"), allOut),
      "instance-network-acl",
    ],
  ],
  passes: [
    [
      "endpoint and instance in one subnet, whose ACL denies everything",
      pages.acls,
      both(same, acl("instance")),
      "endpoint-network-acl",
    ],
    [
      "an ACL that allows SSH, and responses from port 1024 on",
      pages.ephemeral,
      acl(
        "instance",
        entry(100, "in", "allow", "10.0.2.0/24", "22"),
        entry(100, "out", "allow", "10.0.2.0/24", "1024-65535"),
      ),
      "instance-network-acl",
    ],
    [
      "an ACL that denies after it has allowed",
      pages.aclRules,
      acl("instance", allIn, allOut, entry(200, "in", "deny", "0.0.0.0/0", "22")),
      "instance-network-acl",
    ],
    [
      "an ACL whose entries are listed in another order than numbered",
      pages.aclRules,
      acl("instance", entry(200, "in", "deny", "0.0.0.0/0", "22"), allOut, allIn),
      "instance-network-acl",
    ],
  ],
});

testVerdicts("direct", {
  fails: [
    [
      "an ACL that denies the client's network first",
      pages.aclRules,
      acl("instance", entry(10, "in", "deny", "198.51.100.0/24", "0-65535"), allIn, allOut),
      "instance-network-acl",
      acl("instance", allIn, allOut),
    ],
    [
      "an ACL that allows SSH from elsewhere",
      pages.aclRules,
      acl("instance", entry(120, "in", "allow", "192.0.2.0/24", "22"), allOut),
      "instance-network-acl",
      acl("instance", entry(120, "in", "allow", "198.51.100.0/24", "22"), allOut),
    ],
    [
      "an ACL that sends responses to the VPC alone",
      pages.ephemeral,
      acl("instance", allIn, entry(100, "out", "allow", "10.0.0.0/16", "0-65535")),
      "instance-network-acl",
      acl("instance", allIn, entry(100, "out", "allow", "0.0.0.0/0", "32768-65535")),
    ],
  ],
  unknown: [
    [
      "an ACL for some networks, and a client whose address is not known",
      pages.aclRules,
      both(from(undefined), acl("instance", entry(120, "in", "allow", "192.0.2.0/24", "22"), allOut)),
      "instance-network-acl",
    ],
  ],
  passes: [
    [
      "responses from port 32768 on, as in AWS's own example",
      pages.customAcl,
      acl(
        "instance",
        entry(120, "in", "allow", "198.51.100.0/24", "22"),
        entry(140, "out", "allow", "0.0.0.0/0", "32768-65535"),
      ),
      "instance-network-acl",
    ],
  ],
});
