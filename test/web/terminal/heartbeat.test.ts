import { describe, expect, test } from "@jest/globals";
import { Heartbeat } from "../../../web/terminal/heartbeat.ts";

/** A heartbeat, whose host responds when it is told to. */
function start() {
  const pings: { respond: () => Promise<void>; fail: () => Promise<void> }[] = [];
  const lost: string[] = [];
  const heartbeat = new Heartbeat(
    {
      ping: () => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const settle = (how: () => void) => async () => {
          how();
          await Promise.allSettled([promise]);
        };
        pings.push({ respond: settle(resolve), fail: settle(() => reject(new Error("closed"))) });
        return promise;
      },
      onLost: (cause) => void lost.push(cause),
    },
    0,
  );
  /** Lets the seconds pass, each with its tick. */
  const pass = (from: number, to: number) => {
    for (let second = from; second <= to; second++) heartbeat.tick(second * 1000);
  };
  return { heartbeat, pings, lost, pass };
}

describe("a heartbeat", () => {
  test("asks after fifteen seconds without a word, and again fifteen seconds after the response", async () => {
    const { pings, pass, lost } = start();
    pass(1, 14);
    expect(pings).toHaveLength(0);
    pass(15, 16);
    expect(pings).toHaveLength(1);
    await pings[0]?.respond();
    pass(17, 30);
    expect(pings).toHaveLength(1);
    pass(31, 31);
    expect(pings).toHaveLength(2);
    expect(lost).toEqual([]);
  });

  test("loses a host that is silent for ten seconds, once", () => {
    const { pass, lost } = start();
    pass(1, 24);
    expect(lost).toEqual([]);
    pass(25, 60);
    expect(lost).toEqual(["silent"]);
  });

  test("loses a host that is known to be gone at once", async () => {
    const { pings, pass, lost } = start();
    pass(1, 15);
    await pings[0]?.fail();
    expect(lost).toEqual(["closed"]);
  });

  test("asks at once after a gap, and says that the machine slept if it was long", () => {
    const { pings, pass, lost } = start();
    pass(1, 2);
    pass(600, 600);
    expect(pings).toHaveLength(1);
    pass(601, 604);
    expect(lost).toEqual([]);
    pass(605, 605);
    expect(lost).toEqual(["slept"]);
  });

  test("takes a browser that wakes a page once a minute for no sleep", () => {
    const { pings, pass, lost } = start();
    pass(1, 2);
    pass(62, 62);
    expect(pings).toHaveLength(1);
    pass(63, 67);
    expect(lost).toEqual(["silent"]);
  });

  test("gives a host that was asked before the gap its time again", async () => {
    const { pings, pass, lost } = start();
    pass(1, 15);
    pass(600, 600);
    expect(lost).toEqual([]);
    await pings[1]?.respond();
    pass(601, 610);
    expect(lost).toEqual([]);
  });

  test("asks when it is told to check, but not twice", () => {
    const { heartbeat, pings } = start();
    heartbeat.check(1000);
    heartbeat.check(1500);
    expect(pings).toHaveLength(1);
  });
});
