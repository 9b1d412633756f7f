import { expect, test } from "@jest/globals";
import { directConnection } from "../../../web/terminal/session-options.ts";

test("a key of one's own is pushed for what was chosen: the address, the user and the reason", () => {
  const chosen = { instanceId: "i-0d0000000000000a1", accountId: "111122223333", region: "us-east-1" };
  const terms = { osUser: "ubuntu", ipAddress: "10.0.0.9", reason: "INC-7" };
  const options = { ...chosen, ...terms, name: "db-1", connectionType: "auto", endpointId: "eice-0123456789abcdef0" };
  expect(directConnection(options, "ssh-ed25519 AAAA")).toEqual({
    ...{ ...chosen, ...terms },
    ...{ publicKey: "ssh-ed25519 AAAA", connectionType: "direct" },
  });
});
