import { readdir } from "node:fs/promises";
import path from "node:path";
import vm from "node:vm";
import { expect, test } from "@jest/globals";
import { build } from "esbuild";
import { fingerprints, keys } from "../fixtures/keys.ts";

const root = path.resolve(import.meta.dirname, "../..");

test("a browser can bundle and run it: it needs no module or global of Node's, and one library for the hash", async () => {
  const files = await readdir(path.join(root, "ssh-format"));
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: files.map((file) => `export * from "./ssh-format/${file}";`).join("\n"), resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser", // refuses modules of Node's
    format: "iife",
    globalName: "sshFormat",
  });
  const places = new Set(
    Object.keys(metafile.inputs).map((file) => /^ssh-format\/|^node_modules\/@noble\/hashes\//.exec(file)?.[0] ?? file),
  );
  places.delete("<stdin>");
  expect([...places].sort()).toEqual(["node_modules/@noble/hashes/", "ssh-format/"]);

  const page = vm.createContext({ atob, btoa, TextEncoder });
  const run = (code: string) => vm.runInContext(code, page) as unknown;
  run(outputFiles[0]?.text ?? "");
  const results = Object.entries({
    caller: `sshFormat.parsePublicKey(${JSON.stringify(keys.ed25519)}).key.fingerprint`,
    ecdsa: `sshFormat.readHostKeyLine(${JSON.stringify(keys.ecdsa)}).key`,
    header: `sshFormat.readFrame("---- BEGIN SSH2 PUBLIC KEY ----\\nComment: a\\nAAAA\\n---- END SSH2 PUBLIC KEY ----").base64`,
    wire: `sshFormat.latin1Of(new sshFormat.WireReader(sshFormat.sshString("key")).string())`,
  }).map(([name, code]) => [name, run(code)]);
  expect(Object.fromEntries(results)).toEqual({
    caller: fingerprints.ed25519,
    ecdsa: keys.ecdsa,
    header: "AAAA",
    wire: "key",
  });
});
