import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Requests } from "../../web/sftp/requests.ts";
import { download, longestDownload, upload } from "../../web/sftp/sftp.ts";

/** Debian's, of openssh-sftp-server. */
const program = "/usr/lib/openssh/sftp-server";

let directory: string;
let server: ChildProcess;
let requests: Requests;
const at = (name: string) => path.join(directory, name);
const signal = new AbortController().signal;
const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) % 256);

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-sftp-"));
  server = spawn(program, ["-d", directory], { stdio: ["pipe", "pipe", "ignore"] });
  requests = new Requests({
    send: async (bytes) => void server.stdin?.write(bytes),
    close: () => server.kill(),
  });
  server.stdout?.on("data", (bytes: Uint8Array) => requests.receive(bytes));
  await requests.greet();
});

afterAll(async () => {
  server.kill();
  await rm(directory, { recursive: true });
});

describe("with OpenSSH's sftp-server", () => {
  test("an upload does not overwrite what is there", async () => {
    await writeFile(at("old"), "old");
    await expect(upload(requests, "old", new Blob(["new"]), { signal })).rejects.toMatchObject({ code: "exists" });
    await expect(readFile(at("old"), "utf8")).resolves.toBe("old");
  });

  test("nor what a link that leads nowhere would make", async () => {
    await symlink("/nowhere/at/all", at("dangling"));
    await expect(upload(requests, "dangling", new Blob(["new"]), { signal })).rejects.toMatchObject({
      code: "refused",
    });
  });

  test.each([
    ["a file that is not there", "missing", "no-such-file"],
    ["a directory that is not there", "no/file", "no-such-file"],
    ["a file without a size, which would be saved empty", "/proc/self/status", "no-size"],
  ])("a download of %s says so", async (_, name, code) => {
    await expect(download(requests, name, { signal })).rejects.toMatchObject({ code });
  });

  test("a file larger than the page's memory should hold is not fetched", async () => {
    await writeFile(at("large"), "");
    await truncate(at("large"), longestDownload + 1);
    await expect(download(requests, "large", { signal })).rejects.toMatchObject({ code: "too-large" });
  });

  test.each([0, 1, 32_768, 32_769, 3_000_001])("a file of %d bytes arrives as it is, both ways", async (size) => {
    const bytes = bytesOf(size);
    const progress: number[] = [];
    await upload(requests, `size-${size}`, new Blob([bytes]), { signal, onProgress: (done) => progress.push(done) });
    const stored = await readFile(at(`size-${size}`));
    const fetched = await download(requests, `size-${size}`, { signal });
    // Not by toEqual, which takes seconds for megabytes.
    expect([stored, Buffer.from(await fetched.arrayBuffer())].map((got) => got.equals(bytes))).toEqual([true, true]);
    expect(progress.at(-1) ?? 0).toBe(size);
  });

  test("a transfer ends when it is given up, and the next one works", async () => {
    const control = new AbortController();
    const onProgress = () => control.abort(new Error("given up"));
    const given = upload(requests, "given-up", new Blob([bytesOf(5_000_000)]), { signal: control.signal, onProgress });
    await expect(given).rejects.toThrow("given up");
    await upload(requests, "after", new Blob(["after"]), { signal });
    await expect(readFile(at("after"), "utf8")).resolves.toBe("after");
  });
});

describe("a server that is no SFTP server, or hostile", () => {
  const greeting = Uint8Array.of(0, 0, 0, 5, 2, 0, 0, 0, 3);
  /** A server whose every response is this. */
  function hostile(response: Uint8Array) {
    let isClosed = false;
    const made: Requests = new Requests({
      async send() {
        queueMicrotask(() => made.receive(response));
      },
      close() {
        isClosed = true;
      },
    });
    return { made, isClosed: () => isClosed };
  }

  test.each([
    ["a length of 4 GB", [0xff, 0xff, 0xff, 0xff]],
    ["a length of nothing", [0, 0, 0, 0]],
    ["another version", [0, 0, 0, 5, 2, 0, 0, 0, 6]],
    ["a banner of a shell", [...Buffer.from("Welcome to web-1!\n")]],
    ["no version at all", [0, 0, 0, 1, 2]],
  ])("ends at once: %s", async (_, response) => {
    const { made, isClosed } = hostile(Uint8Array.from(response));
    await expect(made.greet()).rejects.toMatchObject({ code: "protocol" });
    expect(isClosed()).toBe(true);
  });

  test.each([
    ["to a request that nobody made", [0, 0, 0, 9, 101, 0, 0, 0, 77, 0, 0, 0, 0]],
    ["without an id", [0, 0, 0, 2, 101, 0]],
  ])("ends at a response %s", async (_, response) => {
    const { made } = hostile(Uint8Array.from(response));
    const pending = download(made, "file", { signal });
    await expect(pending).rejects.toMatchObject({ code: "protocol" });
    await expect(download(made, "file", { signal })).rejects.toMatchObject({ code: "lost" });
  });

  test("takes a greeting that comes byte by byte", async () => {
    const { made } = hostile(new Uint8Array());
    const greeted = made.greet();
    for (const byte of greeting) made.receive(Uint8Array.of(byte));
    await expect(greeted).resolves.toBeUndefined();
  });
});
