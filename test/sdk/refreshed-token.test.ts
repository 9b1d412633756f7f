import { expect, test } from "@jest/globals";
import { refreshedToken } from "../../sdk/index.ts";

function provider(expires_in?: number) {
  let now = 0;
  let count = 0;
  const token = refreshedToken(
    async () => {
      count++;
      if (count === 3) throw new Error("down");
      return { access_token: `token-${count}`, expires_in };
    },
    () => new Date(now),
  );
  return {
    token,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

test.each([
  ["a minute before it expires", 300, 240],
  ["after half of its life, if that is shorter", 60, 30],
  ["after a minute, if the provider does not say how long it is valid", undefined, 60],
])("a token is replaced %s", async (_, lifetime, used) => {
  const { token, pass } = provider(lifetime);
  expect(await token()).toBe("token-1");
  pass(used - 1);
  expect(await token()).toBe("token-1");
  pass(1);
  expect(await token()).toBe("token-2");
});

test("calls at the same time get one token, and a failure is not kept", async () => {
  const { token, pass } = provider(300);
  expect(await Promise.all([token(), token()])).toEqual(["token-1", "token-1"]);
  pass(300);
  expect(await token()).toBe("token-2");
  pass(300);
  const ends = await Promise.allSettled([token(), token()]);
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await token()).toBe("token-4");
});
